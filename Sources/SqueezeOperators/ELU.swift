public import SqueezeGraph

/// The exponential linear unit, `y = x` where positive, `y = α (exp x − 1)` elsewhere.
///
/// Source: Clevert, Unterthiner and Hochreiter, "Fast and Accurate Deep Network Learning by ELUs" (2016), equation 15.
public struct ELU: ElementwiseOperator {
  /// What large negative inputs tend to, negated.
  public var alpha: Float

  /// Creates the operator.
  public init(alpha: Float = 1) {
    self.alpha = alpha
  }

  public static let examples = [
    Example(Self(), inputs: [[2, 3, 4, 5]]),
    Example(Self(alpha: 0.3), inputs: [[7]]),
  ]

  public func apply(_ x: Float) -> Float {
    x > 0 ? x : Float(Double(alpha) * exponentialMinus1(Double(x)))
  }

  public var flaw: String? { alpha.isFinite ? nil : "\(self)" }
}

// MARK: - Gradient

extension ELU {
  public func derivative(_ x: Float, _ y: Float) -> Float {
    x > 0 ? 1 : Float(Double(alpha) * exponential(Double(x)))
  }
}

// MARK: - ONNX

extension ELU: ONNXConvertible {
  public static let onnxTypes = ["Elu"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    var op = ELU()
    op.alpha = try node.float("alpha") ?? op.alpha
    builder.emit(op, [try node.input(0)])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    writer.node("Elu", node, attributes: ["alpha": .float(alpha)])
  }
}
