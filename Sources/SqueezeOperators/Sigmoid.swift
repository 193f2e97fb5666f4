public import SqueezeGraph

/// The logistic function, `y = 1 / (1 + exp(−x))`.
public struct Sigmoid: ElementwiseOperator {
  /// Creates the operator.
  public init() {}

  public static let examples = [
    Example(Self(), inputs: [[2, 3, 4, 5]]),
    Example(Self(), inputs: [[7]]),
  ]

  public func apply(_ x: Float) -> Float { Float(1 / (1 + exponential(-Double(x)))) }
}

// MARK: - Gradient

extension Sigmoid {
  public func derivative(_ x: Float, _ y: Float) -> Float { y * (1 - y) }
}

// MARK: - ONNX

extension Sigmoid: ONNXConvertible {
  public static let onnxTypes = ["Sigmoid"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    builder.emit(Sigmoid(), [try node.input(0)])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    writer.node("Sigmoid", node)
  }
}
