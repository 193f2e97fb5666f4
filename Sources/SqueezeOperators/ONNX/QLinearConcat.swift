import SqueezeTensor

/// Reads `com.microsoft.QLinearConcat`: a concatenation of integers on several grids.
///
/// Inputs: the output's scale and zero point, then every tensor with its scale and zero point.
public enum QLinearConcat: ONNXReader {
  public static let onnxTypes = ["com.microsoft.QLinearConcat"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    guard node.inputs.count >= 5, node.inputs.count % 3 == 2 else {
      throw node.malformed("\(node.inputs.count) inputs")
    }
    var operands: [ONNXOperand] = []
    for index in stride(from: 2, to: node.inputs.count, by: 3) {
      operands.append(try builder.dequantized(index))
    }
    try builder.emitQuantized(builder.read(node.real("Concat", operands)), scale: 0)
  }
}
