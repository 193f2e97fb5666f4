public import SqueezeGraph
public import SqueezeTensor

/// Elements around a tensor: a constant, its mirror image or its edge.
///
/// Along an axis of size `n` the output has `begin + n + end` positions. A negative padding cuts
/// elements off.
public struct Pad: SelectingOperator {
  /// What the new elements are.
  public enum Mode: String, Sendable, Hashable, Codable, CaseIterable {
    /// ``Pad/value``.
    case constant
    /// The elements mirrored about the first and the last one, which are not repeated.
    case reflect
    /// The first or the last element.
    case edge
  }

  /// The number of elements before each axis.
  public var begin: [Int]
  /// The number of elements after each axis.
  public var end: [Int]
  public var mode: Mode
  /// The element that mode `constant` adds.
  public var value: Float

  /// Creates a padding.
  public init(begin: [Int], end: [Int], mode: Mode = .constant, value: Float = 0) {
    self.begin = begin
    self.end = end
    self.mode = mode
    self.value = value
  }

  public static let examples = [
    Example(Self(begin: [0, 0, 1, 2], end: [0, 0, 3, 0], value: -1.5), inputs: [[2, 3, 4, 1]]),
    Example(Self(begin: [0, 1, 0, 0], end: [0, 2, 0, 0]), inputs: [[1, 3, 2, 5]]),
    Example(
      Self(begin: [0, 0, 2, 3], end: [0, 0, 1, 2], mode: .reflect),
      inputs: [[1, 2, 3, 4]]
    ),
    Example(Self(begin: [0, 0, 4, 0], end: [0, 0, 0, 5], mode: .edge), inputs: [[1, 2, 3, 1]]),
    Example(Self(begin: [-1, 2], end: [1, -3]), inputs: [[3, 4]]),
    Example(Self(begin: [2], end: [0], value: 7), specs: [TensorSpec([3], .int64)]),
  ]

  public var channelFlow: ChannelFlow {
    begin.count >= 2 && [begin[1], end.dropFirst().first] == [0, 0] ? .preserves : .opaque
  }

  // MARK: Shape

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    let x = inputs[0].shape
    guard begin.count == x.rank, end.count == x.rank else {
      throw error(
        expected: "\(x.rank) paddings before and after",
        actual: "\(begin.count) and \(end.count)"
      )
    }
    if let range = inputs[0].type.range {
      guard let integer = Int(exactly: value), range.contains(integer) else {
        throw error(expected: "a value of type \(inputs[0].type)", actual: value)
      }
    }
    var result = x
    let limit = Shape.maximumCount
    for axis in 0..<x.rank {
      let (before, after) = (begin[axis], end[axis])
      guard (-limit...limit).contains(before), (-limit...limit).contains(after),
        x[axis] + before + after >= 0
      else {
        throw error(expected: "padding for size \(x[axis])", actual: "\(before) and \(after)")
      }
      result[axis] = x[axis] + before + after
      guard mode != .constant, before != 0 || after != 0 else { continue }
      let most = mode == .reflect ? x[axis] - 1 : x[axis] == 0 ? 0 : limit
      guard before >= 0, after >= 0, before <= most, after <= most else {
        throw error(
          expected: "\(mode) padding in 0...\(max(most, 0)) for size \(x[axis])",
          actual: "\(before) and \(after)"
        )
      }
    }
    return [TensorSpec(result, inputs[0].type)]
  }

  // MARK: Reference forward

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    try selections(for: inputs[0].spec)?.map { inputs[0].selected($0) } ?? []
  }

  public func selections(for input: TensorSpec) throws(ShapeError) -> [Selection]? {
    let (x, y) = (input.shape, try outputs(for: [input])[0].shape)
    return [
      Selection(y, filler: value) { axis in
        (0..<y[axis]).map { position(of: $0 - begin[axis], size: x[axis]) }
      }
    ]
  }

  /// The position inside an axis that a position around it repeats, or −1.
  private func position(of i: Int, size: Int) -> Int {
    if i >= 0, i < size { return i }
    switch mode {
    case .constant: return -1
    case .edge: return i < 0 ? 0 : size - 1
    case .reflect: return i < 0 ? -i : 2 * (size - 1) - i
    }
  }
}

// MARK: - Gradient

extension Pad: RearrangingOperator {
  /// Where the padding's own value stands, no element came from.
  public func origins(_ positions: [Tensor]) throws(ShapeError) -> [Tensor] {
    var marked = self
    marked.value = -1
    return try marked.forward(positions, parameters: [])
  }
}

// MARK: - ONNX

extension Pad: ONNXConvertible {
  public static let onnxTypes = ["Pad"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    let operand = try node.input(0)
    let name = try node.string("mode") ?? "constant"
    guard let mode = Mode(rawValue: name) else { throw node.unsupported("mode \(name)") }
    let pads =
      node.opset < 2 ? try node.ints("paddings") : try node.integers("pads", orInput: 1)
    guard let pads, pads.count % 2 == 0 else {
      throw node.malformed("pads are missing, or an odd number")
    }
    var value = try node.float("value") ?? 0
    if let tensor = try node.optionalTensor(2), let first = tensor.reals.first { value = first }
    var begin = Array(pads[..<(pads.count / 2)])
    var end = Array(pads[(pads.count / 2)...])
    if let axes = try node.optionalIntegers(3) {
      let shape = try node.shape(0)
      guard axes.count == begin.count else { throw node.malformed("\(axes.count) axes") }
      var (allBegin, allEnd) = (shape.dimensions.map { _ in 0 }, shape.dimensions.map { _ in 0 })
      for (position, index) in axes.enumerated() {
        guard let axis = shape.axis(index) else { throw node.malformed("axis \(index)") }
        allBegin[axis] = begin[position]
        allEnd[axis] = end[position]
      }
      (begin, end) = (allBegin, allEnd)
    }
    builder.emit(Pad(begin: begin, end: end, mode: mode, value: value), [operand])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    var inputs = node.inputs + [writer.integers("\(node.name)/pads", begin + end)]
    if mode == .constant, value != 0 {
      let type = node.inputSpecs[0].type
      let filler =
        type.isReal
        ? Tensor([], [value], type: type) : Tensor([], integers: [Int(value)], type: type)
      inputs.append(writer.initializer("\(node.name)/value", filler))
    }
    writer.node("Pad", node, inputs: inputs, attributes: ["mode": .string(mode.rawValue)])
  }
}
