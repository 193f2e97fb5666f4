public import SqueezeGraph

/// The hyperbolic tangent, `y = tanh x`.
public struct Tanh: ElementwiseOperator {
  /// Creates the operator.
  public init() {}

  public static let examples = [
    Example(Self(), inputs: [[2, 3, 4, 5]]),
    Example(Self(), inputs: [[7]]),
  ]

  public func apply(_ x: Float) -> Float { hyperbolicTangent(x) }
}

// MARK: - Gradient

extension Tanh {
  public func derivative(_ x: Float, _ y: Float) -> Float { 1 - y * y }
}

// MARK: - ONNX

extension Tanh: ONNXConvertible {
  public static let onnxTypes = ["Tanh"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    builder.emit(Tanh(), [try node.input(0)])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) { writer.node("Tanh", node) }
}
