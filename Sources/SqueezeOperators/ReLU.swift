public import SqueezeGraph

/// The rectified linear unit, `y = max(x, 0)`, on any shape.
public struct ReLU: ElementwiseOperator {
  /// Creates the operator.
  public init() {}

  public static let examples = [
    Example(Self(), inputs: [[2, 3, 4, 5]]),
    Example(Self(), inputs: [[7]]),
  ]

  public func apply(_ x: Float) -> Float { max(x, 0) }
}

// MARK: - Gradient

extension ReLU {
  public func derivative(_ x: Float, _ y: Float) -> Float { x > 0 ? 1 : 0 }
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
