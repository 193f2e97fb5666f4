public import SqueezeGraph
public import SqueezeTensor

/// The whole tensor repeated along its axes, `y[i] = x[i mod n]` along each.
///
/// - Input: any shape and type. Output: every size times its number of repeats.
public struct Tile: SelectingOperator {
  /// How often each axis is repeated.
  public var repeats: [Int]

  /// Creates the operator.
  public init(_ repeats: [Int]) { self.repeats = repeats }

  public static let examples = [
    Example(Self([1, 2, 1, 3]), inputs: [[2, 1, 3, 2]]),
    Example(Self([2]), specs: [TensorSpec([3], .int64)]),
    Example(Self([1, 0]), inputs: [[2, 3]]),
  ]

  public var channelFlow: ChannelFlow {
    repeats.count >= 2 && repeats[1] == 1 ? .preserves : .opaque
  }

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    var result = inputs[0].shape
    guard repeats.count == result.rank, repeats.allSatisfy({ $0 >= 0 }) else {
      throw error(expected: "\(result.rank) repeats of at least 0", actual: "\(repeats)")
    }
    for (axis, count) in repeats.enumerated() {
      let (size, overflow) = result[axis].multipliedReportingOverflow(by: count)
      guard !overflow else { throw error(expected: "sizes below 2^63", actual: "\(repeats)") }
      result[axis] = size
    }
    return [TensorSpec(result, inputs[0].type)]
  }

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    try selections(for: inputs[0].spec)?.map { inputs[0].selected($0) } ?? []
  }

  public func selections(for input: TensorSpec) throws(ShapeError) -> [Selection]? {
    let (x, y) = (input.shape, try outputs(for: [input])[0].shape)
    return [Selection(y) { axis in (0..<y[axis]).map { $0 % x[axis] } }]
  }
}

// MARK: - Gradient

extension Tile: RearrangingOperator {}

// MARK: - ONNX

extension Tile: ONNXConvertible {
  public static let onnxTypes = ["Tile"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    guard node.opset >= 6 else { throw node.unsupported("operator set \(node.opset)") }
    guard let repeats = try node.optionalIntegers(1) else { throw node.malformed("no repeats") }
    builder.emit(Tile(repeats), [try node.input(0)])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    let repeats = writer.integers("\(node.name)/repeats", repeats)
    writer.node("Tile", node, inputs: node.inputs + [repeats])
  }
}
