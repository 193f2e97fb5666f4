public import SqueezeGraph

/// The soft rectifier, `y = log(1 + exp x)`.
public struct Softplus: ElementwiseOperator {
  /// Creates the operator.
  public init() {}

  public static let examples = [
    Example(Self(), inputs: [[2, 3, 4, 5]]),
    Example(Self(), inputs: [[7]]),
  ]

  public func apply(_ x: Float) -> Float {
    Float(max(0, Double(x)) + logarithm1p(exponential(-abs(Double(x)))))
  }
}

// MARK: - Gradient

extension Softplus {
  public func derivative(_ x: Float, _ y: Float) -> Float { Sigmoid().apply(x) }
}

// MARK: - ONNX

extension Softplus: ONNXConvertible {
  public static let onnxTypes = ["Softplus"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    builder.emit(Softplus(), [try node.input(0)])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    writer.node("Softplus", node)
  }
}
