public import SqueezeGraph
public import SqueezeTensor

/// The input as it is, of any shape and type.
public struct Identity: Operator {
  /// Creates the operator.
  public init() {}

  public static let examples = [
    Example(Self(), inputs: [[2, 3, 1, 5]]),
    Example(Self(), specs: [TensorSpec([], .int64)]),
  ]

  public var channelFlow: ChannelFlow { .preserves }

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] { inputs }

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] { inputs }
}

// MARK: - Gradient

extension Identity: RearrangingOperator {}

// MARK: - ONNX

extension Identity: ONNXConvertible {
  public static let onnxTypes = ["Identity"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    builder.emit(Identity(), [try node.input(0)])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    writer.node("Identity", node)
  }
}
