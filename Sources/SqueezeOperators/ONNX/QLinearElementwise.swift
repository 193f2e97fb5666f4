import SqueezeTensor

/// Reads the quantized operators of ONNX Runtime whose inputs are tensors, each followed by its scale
/// and zero point, and at last the output's scale and zero point.
public enum QLinearElementwise: ONNXReader {
  /// The operator on reals, and how many tensors it takes.
  private static let real: [String: (type: String, tensors: Int)] = [
    "com.microsoft.QLinearAdd": ("Add", 2),
    "com.microsoft.QLinearAveragePool": ("AveragePool", 1),
    "com.microsoft.QLinearGlobalAveragePool": ("GlobalAveragePool", 1),
    "com.microsoft.QLinearLeakyRelu": ("LeakyRelu", 1),
    "com.microsoft.QLinearMul": ("Mul", 2),
    "com.microsoft.QLinearSigmoid": ("Sigmoid", 1),
    "com.microsoft.QLinearSoftmax": ("Softmax", 1),
  ]

  public static let onnxTypes = real.keys.sorted()

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    guard let (type, tensors) = real[node.type] else { throw node.unsupported("this operator") }
    guard try node.int("channels_last") ?? 0 == 0 else { throw node.unsupported("channels_last") }
    var operands: [ONNXOperand] = []
    for tensor in 0..<tensors { operands.append(try builder.dequantized(3 * tensor)) }
    let inner = node.real(
      type,
      operands,
      dropping: ["channels_last", "opset"],
      opset: try node.int("opset")
    )
    try builder.emitQuantized(builder.read(inner), scale: 3 * tensors)
  }
}
