public import SqueezeGraph

/// The rectifier with a threshold, `y = x` where `x > α`, 0 elsewhere.
public struct ThresholdedReLU: ElementwiseOperator {
  /// The threshold `α`.
  public var threshold: Float

  /// Creates the operator.
  public init(threshold: Float = 1) {
    self.threshold = threshold
  }

  public static let examples = [
    Example(Self(), inputs: [[2, 3, 4, 5]]),
    Example(Self(threshold: 0.3), inputs: [[7]]),
  ]

  public func apply(_ x: Float) -> Float {
    x > threshold ? x : 0
  }

  public var flaw: String? { threshold.isFinite ? nil : "\(self)" }
}

// MARK: - Gradient

extension ThresholdedReLU {
  public func derivative(_ x: Float, _ y: Float) -> Float { x > threshold ? 1 : 0 }
}

// MARK: - ONNX

extension ThresholdedReLU: ONNXConvertible {
  public static let onnxTypes = ["ThresholdedRelu"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    var op = ThresholdedReLU()
    op.threshold = try node.float("alpha") ?? op.threshold
    builder.emit(op, [try node.input(0)])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    writer.node("ThresholdedRelu", node, attributes: ["alpha": .float(threshold)])
  }
}
