public import SqueezeGraph
public import SqueezeTensor

/// Every so many elements between two positions along some axes.
///
/// As `x[start:end:step]` in NumPy: negative positions count from the end, positions beyond the ends
/// mean the nearest end, a negative step runs backwards.
///
/// - Input: any shape and type. Output: sizes `⌈(end − start) / step⌉` along ``axes``.
public struct Slice: SelectingOperator {
  /// The axes to cut; negative ones count from the end.
  public var axes: [Int]
  /// The first position along each of ``axes``.
  public var starts: [Int]
  /// The position after the last one along each of ``axes``.
  public var ends: [Int]
  /// The distance between positions along each of ``axes``; never 0.
  public var steps: [Int]

  /// Creates a slice; without `steps` neighbours are taken.
  public init(axes: [Int], starts: [Int], ends: [Int], steps: [Int]? = nil) {
    self.axes = axes
    self.starts = starts
    self.ends = ends
    self.steps = steps ?? axes.map { _ in 1 }
  }

  public static let examples = [
    Example(Self(axes: [1], starts: [1], ends: [Int.max]), inputs: [[2, 5, 3, 4]]),
    Example(
      Self(axes: [2, 3], starts: [0, 1], ends: [100, -1], steps: [2, 3]),
      inputs: [[1, 2, 5, 9]]
    ),
    Example(
      Self(axes: [-1, 0], starts: [-1, 5], ends: [-100, 0], steps: [-2, -1]),
      inputs: [[3, 2, 6]]
    ),
    Example(Self(axes: [0], starts: [-3], ends: [-1]), specs: [TensorSpec([4], .int64)]),
    Example(Self(axes: [1], starts: [3], ends: [2]), inputs: [[2, 4]]),
  ]

  public var channelFlow: ChannelFlow { axes.allSatisfy { $0 > 1 } ? .preserves : .opaque }

  // MARK: Shape

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    var result = inputs[0].shape
    for (axis, range) in try ranges(for: result) { result[axis] = range.count }
    return [TensorSpec(result, inputs[0].type)]
  }

  /// The first position, the step and the number of positions along each axis that is cut.
  private func ranges(
    for x: Shape
  ) throws(ShapeError) -> [Int: (start: Int, step: Int, count: Int)] {
    guard starts.count == axes.count, ends.count == axes.count, steps.count == axes.count else {
      throw error(
        expected: "\(axes.count) starts, ends and steps",
        actual: "\(starts.count), \(ends.count) and \(steps.count)"
      )
    }
    var ranges: [Int: (start: Int, step: Int, count: Int)] = [:]
    for (position, axis) in try axes(axes, rank: x.rank).enumerated() {
      let (size, step) = (x[axis], steps[position])
      guard step != 0, step > Int.min else {
        throw error(expected: "a step other than 0", actual: step)
      }
      // Backwards, the end is the position before the first one, −1.
      let limits = step > 0 ? 0...size : -1...(size - 1)
      func clamped(_ index: Int) -> Int {
        let index = index < 0 ? index + size : index
        return min(max(index, limits.lowerBound), limits.upperBound)
      }
      let (start, end) = (clamped(starts[position]), clamped(ends[position]))
      let distance = step > 0 ? end - start : start - end
      ranges[axis] = (start, step, distance > 0 ? (distance - 1) / abs(step) + 1 : 0)
    }
    return ranges
  }

  // MARK: Reference forward

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    try selections(for: inputs[0].spec)?.map { inputs[0].selected($0) } ?? []
  }

  public func selections(for input: TensorSpec) throws(ShapeError) -> [Selection]? {
    let x = input.shape
    let ranges = try ranges(for: x)
    return [
      Selection(try outputs(for: [input])[0].shape) { axis in
        guard let range = ranges[axis] else { return Array(0..<x[axis]) }
        return (0..<range.count).map { range.start + $0 * range.step }
      }
    ]
  }
}

// MARK: - Gradient

extension Slice: RearrangingOperator {}

// MARK: - ONNX

extension Slice: ONNXConvertible {
  public static let onnxTypes = ["Slice"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    let operand = try node.input(0)
    let starts: [Int]
    let ends: [Int]
    if let attribute = try node.ints("starts") {
      starts = attribute
      ends = try node.ints("ends") ?? []
    } else {
      starts = try node.optionalIntegers(1) ?? []
      ends = try sliceEnds(node, starts)
    }
    guard starts.count == ends.count else {
      throw node.malformed("\(starts.count) starts and \(ends.count) ends")
    }
    let axes = try node.integers("axes", orInput: 3) ?? Array(starts.indices)
    let steps = try node.optionalIntegers(4)
    guard axes.count == starts.count, steps.map({ $0.count == starts.count }) ?? true else {
      throw node.malformed("\(axes.count) axes for \(starts.count) starts")
    }
    builder.emit(
      Slice(axes: node.normalized(axes), starts: starts, ends: ends, steps: steps),
      [operand]
    )
  }

  /// The ends; one that follows an open size must be the end of the axis or count from there.
  private static func sliceEnds(
    _ node: ONNXNode,
    _ starts: [Int]
  ) throws(ONNXError) -> [Int] {
    _ = try node.constant(2)
    let axes = try node.optionalIntegers(3) ?? Array(starts.indices)
    guard let sizes = try node.input(2).sizes else { throw node.malformed("real ends") }
    let extents = try node.input(0).axes ?? []
    var ends: [Int] = []
    for (position, size) in sizes.enumerated() {
      guard case .varying(let first, let second) = size else {
        ends.append(size.first)
        continue
      }
      guard axes.indices.contains(position),
        let axis = Shape(extents.map(\.first)).axis(axes[position]),
        extents[axis].first - first == extents[axis].second - second
      else { throw node.unsupported("an end that changes with an open input size") }
      let fromEnd = first - extents[axis].first
      ends.append(fromEnd < 0 ? fromEnd : Int.max)
    }
    return ends
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    let lists = [("starts", starts), ("ends", ends), ("axes", axes), ("steps", steps)]
    let names = lists.map { writer.integers("\(node.name)/\($0.0)", $0.1) }
    writer.node("Slice", node, inputs: node.inputs + names)
  }
}
