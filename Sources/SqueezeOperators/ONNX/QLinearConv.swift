import SqueezeTensor

/// Reads `QLinearConv`: a convolution of integers on grids.
///
/// Inputs: `x`, its scale and zero point, `w`, its scale and zero point (one or one per output
/// channel), the output's scale and zero point, and a 32-bit bias of scale `x_scale · w_scale`.
public enum QLinearConv: ONNXReader {
  public static let onnxTypes = ["QLinearConv"]

  public static func read(
    _ node: ONNXNode,
    into builder: inout ONNXBuilder
  ) throws(ONNXError) {
    let x = try builder.dequantized(0)
    let input = try node.grid(scale: 1, zeroPoint: 2, axis: nil, type: .uint8)
    let weight = try node.grid(scale: 4, zeroPoint: 5, axis: 0, type: .int8)
    var operands = [x, try node.quantizedParameter(3, axis: 0)]
    let scales = weight.scales.map { input.scales[0] * $0 }
    if let bias = try node.quantizedBias(8, scales: scales) { operands.append(bias) }
    try builder.emitQuantized(builder.read(node.real("Conv", operands)), scale: 6)
  }
}
