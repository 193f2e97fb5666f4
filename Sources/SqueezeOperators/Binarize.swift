public import SqueezeGraph
import SqueezeTensor

/// The sign of every number as ±1, `y = 1` where `x ≥ 0`, −1 elsewhere, on any shape.
///
/// ONNX's `Sign` gives 0 for 0 (``Unary/Function/sign``); here every result is ±1, so that one bit keeps
/// it. A convolution of such inputs with `Binary` weights counts bits instead of
/// multiplying.
///
/// The gradient is that of `min(max(x, −1), 1)`: a straight-through estimator that stops where a number
/// is beyond ±1, so that it does not grow without end.
/// Source: Courbariaux et al., "Binarized Neural Networks" (2016), §1.3, equation 4; Rastegari et al.,
/// "XNOR-Net" (2016), §3.2.
public struct Binarize: ElementwiseOperator {
  /// Creates the operator.
  public init() {}

  public static let examples = [
    Example(Self(), inputs: [[2, 3, 4, 5]]),
    Example(Self(), inputs: [[7]]),
    Example(Self(), inputs: [[1, 33, 3, 2]]),
  ]

  public func apply(_ x: Float) -> Float { x >= 0 ? 1 : -1 }
}

// MARK: - Gradient

extension Binarize {
  public func derivative(_ x: Float, _ y: Float) -> Float { abs(x) <= 1 ? 1 : 0 }
}

// MARK: - ONNX

extension Binarize: ONNXConvertible {
  /// None: it is written as a comparison and a choice (see ``BinarizePattern``).
  public static let onnxTypes: [String] = []

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    throw node.unsupported("this type")
  }

  public func write(_ node: ONNXExport, to writer: inout ONNXWriter) {
    func constant(_ suffix: String, _ value: Float) -> String {
      writer.initializer("\(node.name)/\(suffix)", Tensor([], [value]))
    }
    let condition = "\(node.name)/condition"
    writer.node(
      "GreaterOrEqual",
      name: condition,
      inputs: [node.inputs[0], constant("zero", 0)],
      outputs: [condition]
    )
    let values = [constant("plus_one", 1), constant("minus_one", -1)]
    writer.node("Where", node, inputs: [condition] + values)
  }
}
