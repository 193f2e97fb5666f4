public import SqueezeGraph

/// The continuously differentiable ELU, `y = max(0, x) + min(0, α (exp(x/α) − 1))`.
///
/// Source: Barron, "Continuously Differentiable Exponential Linear Units" (2017), equation 2.
public struct CELU: ElementwiseOperator {
  /// What large negative inputs tend to, negated; not 0.
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
    max(0, x) + min(0, Float(Double(alpha) * exponentialMinus1(Double(x / alpha))))
  }

  public var flaw: String? { alpha.isFinite && alpha != 0 ? nil : "\(self)" }
}

// MARK: - Gradient

extension CELU {
  public func derivative(_ x: Float, _ y: Float) -> Float {
    x > 0 ? 1 : Float(exponential(Double(x / alpha)))
  }
}

// MARK: - ONNX

extension CELU: ONNXConvertible {
  public static let onnxTypes = ["Celu"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    var op = CELU()
    op.alpha = try node.float("alpha") ?? op.alpha
    builder.emit(op, [try node.input(0)])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    writer.node("Celu", node, attributes: ["alpha": .float(alpha)])
  }
}
