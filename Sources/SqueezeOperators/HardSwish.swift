public import SqueezeGraph

/// The hard swish, `y = x · max(0, min(1, x / 6 + 1/2))`.
///
/// Source: Howard et al., "Searching for MobileNetV3" (2019), §5.2.
public struct HardSwish: ElementwiseOperator {
  /// Creates the operator.
  public init() {}

  public static let examples = [
    Example(Self(), inputs: [[2, 3, 4, 5]]),
    Example(Self(), inputs: [[7]]),
  ]

  public func apply(_ x: Float) -> Float { x * max(0, min(1, x / 6 + 0.5)) }
}

// MARK: - Gradient

extension HardSwish {
  public func derivative(_ x: Float, _ y: Float) -> Float {
    x <= -3 ? 0 : x <= 3 ? x / 3 + 0.5 : 1
  }
}

// MARK: - ONNX

extension HardSwish: ONNXConvertible {
  public static let onnxTypes = ["HardSwish"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    builder.emit(HardSwish(), [try node.input(0)])
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    writer.node("HardSwish", node)
  }
}
