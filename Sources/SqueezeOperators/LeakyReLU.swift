public import SqueezeGraph

/// The leaky rectifier, `y = x` where positive, `y = α x` elsewhere.
public struct LeakyReLU: ElementwiseOperator {
  /// The slope `α` for negative inputs.
  public var slope: Float

  /// Creates the operator.
  public init(slope: Float = 0.01) {
    self.slope = slope
  }

  public static let examples = [
    Example(Self(), inputs: [[2, 3, 4, 5]]),
    Example(Self(slope: 0.3), inputs: [[7]]),
  ]

  public func apply(_ x: Float) -> Float {
    x < 0 ? slope * x : x
  }

  public var flaw: String? { slope.isFinite ? nil : "\(self)" }
}

// MARK: - Gradient

extension LeakyReLU {
  public func derivative(_ x: Float, _ y: Float) -> Float { x > 0 ? 1 : slope }
}

// MARK: - ONNX

extension LeakyReLU: ONNXConvertible {
  public static let onnxTypes = ["LeakyRelu"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    var op = LeakyReLU()
    op.slope = try node.float("alpha") ?? op.slope
    builder.emit(op, [try node.input(0)])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    writer.node("LeakyRelu", node, attributes: ["alpha": .float(slope)])
  }
}
