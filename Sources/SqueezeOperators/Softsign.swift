public import SqueezeGraph

/// The soft sign, `y = x / (1 + |x|)`.
public struct Softsign: ElementwiseOperator {
  /// Creates the operator.
  public init() {}

  public static let examples = [
    Example(Self(), inputs: [[2, 3, 4, 5]]),
    Example(Self(), inputs: [[7]]),
  ]

  public func apply(_ x: Float) -> Float { x / (1 + abs(x)) }
}

// MARK: - Gradient

extension Softsign {
  public func derivative(_ x: Float, _ y: Float) -> Float { 1 / ((1 + abs(x)) * (1 + abs(x))) }
}

// MARK: - ONNX

extension Softsign: ONNXConvertible {
  public static let onnxTypes = ["Softsign"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    builder.emit(Softsign(), [try node.input(0)])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    writer.node("Softsign", node)
  }
}
