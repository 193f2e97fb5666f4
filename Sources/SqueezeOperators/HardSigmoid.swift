public import SqueezeGraph

/// The hard sigmoid, `y = max(0, min(1, α x + β))`.
public struct HardSigmoid: ElementwiseOperator {
  /// The slope `α`.
  public var slope: Float
  /// The value `β` at 0.
  public var offset: Float

  /// Creates the operator.
  public init(slope: Float = 0.2, offset: Float = 0.5) {
    self.slope = slope
    self.offset = offset
  }

  public static let examples = [
    Example(Self(), inputs: [[2, 3, 4, 5]]),
    Example(Self(slope: 0.4, offset: 0.75), inputs: [[7]]),
  ]

  public func apply(_ x: Float) -> Float {
    max(0, min(1, slope * x + offset))
  }

  public var flaw: String? { slope.isFinite && offset.isFinite ? nil : "\(self)" }
}

// MARK: - Gradient

extension HardSigmoid {
  public func derivative(_ x: Float, _ y: Float) -> Float {
    let linear = slope * x + offset
    return linear > 0 && linear <= 1 ? slope : 0
  }
}

// MARK: - ONNX

extension HardSigmoid: ONNXConvertible {
  public static let onnxTypes = ["HardSigmoid"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    var op = HardSigmoid()
    op.slope = try node.float("alpha") ?? op.slope
    op.offset = try node.float("beta") ?? op.offset
    builder.emit(op, [try node.input(0)])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    writer.node("HardSigmoid", node, attributes: ["alpha": .float(slope), "beta": .float(offset)])
  }
}
