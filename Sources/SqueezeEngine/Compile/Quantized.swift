import CSqueezeKernels
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// An operator between grids: inputs off their grids, the operator on reals, the result on its grid.
///
/// Its definition is that chain. Kernels compute it in whole numbers and may differ by one step, from
/// rounding.
struct Quantized<Op: Operator>: Operator {
  /// What happens to the result before another value is added.
  struct Addition: Sendable, Hashable, Codable {
    /// The grid of the result itself, and the range that an activation leaves.
    var grid: QuantizationGrid
    var limits: ClosedRange<Int>
  }

  var real: Op
  /// The grids of the inputs; with an addition, last that of the value added.
  var inputGrids: [QuantizationGrid]
  /// The grid that the first parameter lies on, where it is a weight.
  var weightGrid: QuantizationGrid?
  var addition: Addition?
  var outputGrid: QuantizationGrid
  /// The integers that an activation leaves.
  var limits: ClosedRange<Int>

  static var name: String { "Quantized\(Op.name)" }
  static var examples: [Example<Self>] { [] }

  var inputCount: ClosedRange<Int> {
    let extra = addition == nil ? 0 : 1
    return real.inputCount.lowerBound + extra...real.inputCount.upperBound + extra
  }

  var channelFlow: ChannelFlow { .opaque }

  func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] {
    try real.outputs(for: realSpecs(inputs)).map { TensorSpec($0.shape, outputGrid.type) }
  }

  func parameters(for inputs: [TensorSpec]) throws(ShapeError) -> [ParameterSpec] {
    try real.parameters(for: realSpecs(inputs))
  }

  func macs(for inputs: [TensorSpec]) throws(ShapeError) -> Int {
    try real.macs(for: realSpecs(inputs))
  }

  private func realSpecs(_ inputs: [TensorSpec]) -> [TensorSpec] {
    inputs.prefix(inputs.count - (addition == nil ? 0 : 1)).map { TensorSpec($0.shape) }
  }

  func forward(_ inputs: [Tensor], parameters: [Tensor]) throws(ShapeError) -> [Tensor] {
    var reals: [Tensor] = []
    for (input, grid) in zip(inputs, inputGrids) {
      reals += try DequantizeLinear(grid).forward([input], parameters: [])
    }
    guard let addition else {
      return [try quantized(real.forward(reals, parameters: parameters)[0], outputGrid, limits)]
    }
    let summand = reals.removeLast()
    let own = try quantized(
      real.forward(reals, parameters: parameters)[0],
      addition.grid,
      addition.limits
    )
    let restored = try DequantizeLinear(addition.grid).forward([own], parameters: [])[0]
    return [
      try quantized(Add().forward([restored, summand], parameters: [])[0], outputGrid, limits)
    ]
  }

  private func quantized(
    _ x: Tensor,
    _ grid: QuantizationGrid,
    _ limits: ClosedRange<Int>
  ) throws(ShapeError) -> Tensor {
    let q = try QuantizeLinear(grid).forward([x], parameters: [])[0]
    let clamped = q.integers.map { min(max($0, limits.lowerBound), limits.upperBound) }
    return Tensor(q.shape, integers: clamped, type: q.type)
  }
}

extension QuantizationGrid {
  /// Whether one scale and zero point of 8 bits serve the whole tensor.
  var isByteGrid: Bool { axis == nil && scales.count == 1 && (type == .uint8 || type == .int8) }

  /// What is added to an integer to make it an unsigned byte.
  var byteShift: Int { type == .int8 ? 128 : 0 }

  /// The zero point as an unsigned byte.
  var byteZero: UInt8 { UInt8(zeroPoints[0] + byteShift) }

  /// All integers of the type.
  var wholeRange: ClosedRange<Int> { type == .int8 ? -128...127 : 0...255 }

  /// The range of bytes, and the zero point, for results within limits.
  func byteRange(_ limits: ClosedRange<Int>) -> SQByteRange {
    SQByteRange(
      zeroPoint: Int32(byteZero),
      lower: Int32(limits.lowerBound + byteShift),
      upper: Int32(limits.upperBound + byteShift)
    )
  }
}
