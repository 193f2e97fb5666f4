public import SqueezeGraph

/// The Mish activation, `y = x · tanh(log(1 + exp x))`.
///
/// Source: Misra, "Mish: A Self Regularized Non-Monotonic Activation Function" (2020), equation 1.
public struct Mish: ElementwiseOperator {
  /// Creates the operator.
  public init() {}

  public static let examples = [
    Example(Self(), inputs: [[2, 3, 4, 5]]),
    Example(Self(), inputs: [[7]]),
  ]

  public func apply(_ x: Float) -> Float {
    x * hyperbolicTangent(Softplus().apply(x))
  }
}

// MARK: - Gradient

extension Mish {
  public func derivative(_ x: Float, _ y: Float) -> Float {
    let gate = hyperbolicTangent(Softplus().apply(x))
    return gate + x * (1 - gate * gate) * Sigmoid().apply(x)
  }
}

// MARK: - ONNX

extension Mish: ONNXConvertible {
  public static let onnxTypes = ["Mish"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    builder.emit(Mish(), [try node.input(0)])
  }

  /// Operator set 17 has no such type, so three nodes stand for it.
  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    let (soft, gate) = ("\(node.name)/softplus", "\(node.name)/tanh")
    writer.node("Softplus", name: soft, inputs: node.inputs, outputs: [soft])
    writer.node("Tanh", name: gate, inputs: [soft], outputs: [gate])
    writer.node("Mul", node, inputs: node.inputs + [gate])
  }
}
