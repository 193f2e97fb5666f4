public import SqueezeGraph
public import SqueezeTensor

/// The negation of a `bool` tensor of any shape.
public struct LogicalNot: Operator {
  /// Creates the operator.
  public init() {}

  public static let examples = [Example(Self(), specs: [TensorSpec([2, 5], .bool)])]

  public var channelFlow: ChannelFlow { .preserves }

  public func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    guard inputs[0].type == .bool else {
      throw error(expected: "an input of type bool", actual: "\(inputs[0])")
    }
    return inputs
  }

  public func forward(
    _ inputs: [Tensor],
    parameters: [Tensor]
  ) throws(ShapeError) -> [Tensor] {
    _ = try outputs(for: [inputs[0].spec])
    let integers = inputs[0].integers.map { 1 - $0 }
    return [Tensor(inputs[0].shape, integers: integers, type: .bool)]
  }
}

// MARK: - ONNX

extension LogicalNot: ONNXConvertible {
  public static let onnxTypes = ["Not"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    builder.emit(LogicalNot(), [try node.input(0)])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) { writer.node("Not", node) }
}
