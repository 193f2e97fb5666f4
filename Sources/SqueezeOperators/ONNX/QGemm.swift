import SqueezeParameters
import SqueezeTensor

/// Reads `com.microsoft.QGemm`: a fully connected layer of integers on grids.
///
/// Inputs: `A`, its scale and zero point, the constant `B`, its scale and zero point (one or one per
/// output feature), a 32-bit bias of scale `alpha · a_scale · b_scale`, and the output's scale and
/// zero point; without these the output is real.
public enum QGemm: ONNXReader {
  public static let onnxTypes = ["com.microsoft.QGemm"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    let a = try builder.dequantized(0)
    let axis = try node.int("transB") ?? 0 == 0 ? 1 : 0
    let alpha = try node.float("alpha") ?? 1
    let input = try node.grid(scale: 1, zeroPoint: 2, axis: nil, type: .uint8)
    var b = try node.quantizedParameter(3, axis: axis)
    guard var weight = b.constant as? UniformInteger else { throw node.malformed("B") }
    weight.free = weight.free.map { alpha * $0 }
    b.constant = weight
    var operands = [a, b]
    let scales = weight.scales.map { input.scales[0] * $0 }
    if let bias = try node.quantizedBias(6, scales: scales) { operands.append(bias) }
    var real = node.real("Gemm", operands, dropping: ["alpha"])
    guard node.optionalInput(7) != nil else {
      real.outputs = node.outputs
      _ = try builder.read(real)
      return
    }
    try builder.emitQuantized(builder.read(real), scale: 7)
  }
}
