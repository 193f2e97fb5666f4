public import SqueezeGraph
public import SqueezeTensor

/// The rectified linear unit, `y = max(x, 0)`, on any shape.
public struct ReLU: Operator {
  /// Creates the operator.
  public init() {}

  public static let examples = [
    Example(Self(), inputs: [[2, 3, 4, 5]]),
    Example(Self(), inputs: [[7]]),
  ]

  public var channelFlow: ChannelFlow { .preserves }

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] { inputs }

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    [inputs[0].mapScalars { max($0, 0) }]
  }
}

// MARK: - ONNX

extension ReLU: ONNXConvertible {
  public static let onnxTypes = ["Relu"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    builder.emit(ReLU(), [try node.input(0)])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) { writer.node("Relu", node) }
}
