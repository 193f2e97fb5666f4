import SqueezeTensor

/// Reads `QLinearMatMul`: a product of integer matrices on grids.
///
/// Inputs: `a`, its scale and zero point, `b`, its scale and zero point (one, or one per column of a
/// constant matrix), the output's scale and zero point.
public enum QLinearMatMul: ONNXReader {
  public static let onnxTypes = ["QLinearMatMul"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    let a = try builder.dequantized(0)
    let right = try node.input(3)
    let isWeight = right.constant?.shape.rank == 2 && (a.spec?.shape.rank ?? 0) >= 2
    let b = isWeight ? try node.quantizedParameter(3, axis: 1) : try builder.dequantized(3)
    try builder.emitQuantized(builder.read(node.real("MatMul", [a, b])), scale: 6)
  }
}
