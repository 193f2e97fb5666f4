public import SqueezeGraph

/// The scaled exponential linear unit, `y = γ x` where positive, `y = γ α (exp x − 1)` elsewhere.
///
/// Source: Klambauer et al., "Self-Normalizing Neural Networks" (2017), equation 2.
public struct SELU: ElementwiseOperator {
  /// What large negative inputs tend to, negated and before `γ`.
  public var alpha: Float
  /// The factor on everything.
  public var gamma: Float

  /// Creates the operator.
  public init(alpha: Float = 1.67326319, gamma: Float = 1.05070102) {
    self.alpha = alpha
    self.gamma = gamma
  }

  public static let examples = [
    Example(Self(), inputs: [[2, 3, 4, 5]]),
    Example(Self(alpha: 0.4, gamma: 0.75), inputs: [[7]]),
  ]

  public func apply(_ x: Float) -> Float {
    x > 0 ? gamma * x : Float(Double(gamma) * Double(alpha) * exponentialMinus1(Double(x)))
  }

  public var flaw: String? { alpha.isFinite && gamma.isFinite ? nil : "\(self)" }
}

// MARK: - Gradient

extension SELU {
  public func derivative(_ x: Float, _ y: Float) -> Float {
    x > 0 ? gamma : Float(Double(gamma) * Double(alpha) * exponential(Double(x)))
  }
}

// MARK: - ONNX

extension SELU: ONNXConvertible {
  public static let onnxTypes = ["Selu"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    var op = SELU()
    op.alpha = try node.float("alpha") ?? op.alpha
    op.gamma = try node.float("gamma") ?? op.gamma
    builder.emit(op, [try node.input(0)])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    writer.node("Selu", node, attributes: ["alpha": .float(alpha), "gamma": .float(gamma)])
  }
}
