public import SqueezeGraph
public import SqueezeTensor

/// A tensor in pieces along an axis.
///
/// - Input: any shape and type. Outputs: pieces in order, each of its size along ``axis``.
public struct Split: SelectingOperator {
  /// How the axis is divided.
  public enum Parts: Sendable, Hashable, Codable {
    /// Pieces of these sizes, which add up to the axis.
    case sizes([Int])
    /// So many pieces of `⌈size / count⌉` each, the last one with what is left.
    case equal(Int)
  }

  /// The axis that is divided; negative counts from the end.
  public var axis: Int
  public var parts: Parts

  /// Creates the operator.
  public init(axis: Int, parts: Parts) {
    self.axis = axis
    self.parts = parts
  }

  public static let examples = [
    Example(Self(axis: 1, parts: .sizes([1, 3, 2])), inputs: [[2, 6, 3, 2]]),
    Example(Self(axis: 1, parts: .equal(2)), inputs: [[1, 6, 2, 1]]),
    Example(Self(axis: -1, parts: .equal(3)), inputs: [[2, 7]]),
    Example(Self(axis: 0, parts: .sizes([0, 4])), specs: [TensorSpec([4], .int64)]),
    Example(Self(axis: 2, parts: .equal(1)), inputs: [[1, 2, 3]]),
  ]

  /// The most pieces.
  public static let maximumParts = 1 << 16

  public var channelFlow: ChannelFlow {
    axis == 1 ? .splits : axis < 0 ? .opaque : .preserves
  }

  // MARK: Shape

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    let x = inputs[0].shape
    let axis = try axis(axis, of: x)
    return try sizes(of: x[axis]).map { size in
      var spec = inputs[0]
      spec.shape[axis] = size
      return spec
    }
  }

  /// The sizes of the pieces of an axis.
  public func sizes(of size: Int) throws(ShapeError) -> [Int] {
    switch parts {
    case .sizes(let sizes):
      guard (1...Self.maximumParts).contains(sizes.count), sizes.allSatisfy({ $0 >= 0 }),
        Self.sum(sizes) == size
      else { throw error(expected: "pieces that add up to \(size)", actual: "\(sizes)") }
      return sizes
    case .equal(let count):
      guard (1...Self.maximumParts).contains(count) else {
        throw error(expected: "1 to \(Self.maximumParts) pieces", actual: count)
      }
      let piece = (size + count - 1) / count
      let last = size - piece * (count - 1)
      guard last >= 0 else { throw error(expected: "\(count) pieces", actual: "size \(size)") }
      return [Int](repeating: piece, count: count - 1) + [last]
    }
  }

  /// The sum, or `nil` where it overflows.
  private static func sum(_ sizes: [Int]) -> Int? {
    var sum = 0
    for size in sizes {
      let (next, overflow) = sum.addingReportingOverflow(size)
      if overflow { return nil }
      sum = next
    }
    return sum
  }

  // MARK: Reference forward

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    try selections(for: inputs[0].spec)?.map { inputs[0].selected($0) } ?? []
  }

  public func selections(for input: TensorSpec) throws(ShapeError) -> [Selection]? {
    let axis = try axis(axis, of: input.shape)
    var start = 0
    return try outputs(for: [input]).map { piece in
      defer { start += piece.shape[axis] }
      return Selection(piece.shape) { position in
        let first = position == axis ? start : 0
        return (0..<piece.shape[position]).map { $0 + first }
      }
    }
  }
}

// MARK: - Gradient

extension Split: RearrangingOperator {}

// MARK: - ONNX

extension Split: ONNXConvertible {
  public static let onnxTypes = ["Split"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    let axis = node.normalized([try node.int("axis") ?? 0])[0]
    let count = try node.int("num_outputs") ?? node.outputs.count
    guard count == node.outputs.count else {
      throw node.malformed("num_outputs \(count) for \(node.outputs.count) outputs")
    }
    let sizes = try node.integers("split", orInput: 1)
    builder.emit(
      Split(axis: axis, parts: sizes.map { .sizes($0) } ?? .equal(count)),
      [try node.input(0)]
    )
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    let rank = node.inputSpecs[0].shape.rank
    let position = axis < 0 ? axis + rank : axis
    let sizes = node.outputSpecs.map { $0.shape[position] }
    let isEven = Set(sizes).count == 1
    let list = isEven ? [] : [writer.integers("\(node.name)/sizes", sizes)]
    writer.node("Split", node, inputs: node.inputs + list, attributes: ["axis": .int(axis)])
  }
}
