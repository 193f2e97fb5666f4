public import SqueezeGraph
public import SqueezeTensor

/// Adds axes of size 1; ONNX calls this `Unsqueeze`.
///
/// - Input: any shape and type. Output: the same elements with a size of 1 at every given axis.
public struct InsertAxes: Operator {
  /// The axes of the output that are new; negative ones count from the end of the output.
  public var axes: [Int]

  /// Creates the operator.
  public init(_ axes: [Int]) { self.axes = axes }

  public static let examples = [
    Example(Self([2, 3]), inputs: [[2, 5]]),
    Example(Self([-1, 0]), inputs: [[3]]),
    Example(Self([0]), specs: [TensorSpec([], .int64)]),
    Example(Self([4, 1]), inputs: [[2, 1, 3]]),
  ]

  public var channelFlow: ChannelFlow { axes.allSatisfy { $0 >= 2 } ? .preserves : .opaque }

  /// The most axes a tensor may get.
  public static let maximumRank = 64

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    let x = inputs[0].shape
    let rank = x.rank + axes.count
    guard rank <= Self.maximumRank else {
      throw error(expected: "at most \(Self.maximumRank) axes", actual: rank)
    }
    let inserted = try axes(axes, rank: rank)
    var rest = x.dimensions[...]
    let result = (0..<rank).map { inserted.contains($0) ? 1 : rest.removeFirst() }
    return [TensorSpec(Shape(result), inputs[0].type)]
  }

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    [inputs[0].reshaped(try outputs(for: [inputs[0].spec])[0].shape)]
  }
}

// MARK: - Gradient

extension InsertAxes: RearrangingOperator {}

// MARK: - ONNX

extension InsertAxes: ONNXConvertible {
  public static let onnxTypes = ["Unsqueeze"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    guard let axes = try node.integers("axes", orInput: 1) else {
      throw node.malformed("axes are missing")
    }
    builder.emit(
      InsertAxes(node.normalized(axes, extraAxes: axes.count)),
      [try node.input(0)]
    )
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    let axes = writer.integers("\(node.name)/axes", axes)
    writer.node("Unsqueeze", node, inputs: node.inputs + [axes])
  }
}
