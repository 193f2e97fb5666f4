import SqueezeOperators
import SqueezeTensor

/// Weights, bias and scales of a layer of bytes.
///
/// `y = s_x s_w / s_y · (Σ w · x − z_x Σ w + b / (s_x s_w))`: all but the first sum is the bias.
struct IntegerWeights: Sendable {
  /// The weights less their zero points, as they come, in the low 8 bits.
  let bits: [UInt16]
  /// One per output channel, up to a multiple of 32.
  let bias: AlignedBuffer<Int32>
  /// What a sum is multiplied with, likewise.
  let scales: AlignedBuffer<Float>

  /// Whether the weights of a layer fit into bytes and its sums into 32 bits.
  static func fit<Op>(_ op: Quantized<Op>, _ parameters: [Tensor]) -> Bool {
    guard let grid = op.weightGrid, let weight = parameters.first, weight.shape.rank >= 1,
      weight.shape[0] > 0, grid.scales.count == 1 || grid.scales.count == weight.shape[0],
      fitBytes(weight, grid)
    else { return false }
    let (input, output) = (op.inputGrids[0], op.addition?.grid ?? op.outputGrid)
    let largest = weight.shape.count(from: 1) * 128 * 255
    let biases = parameters.count > 1 ? parameters[1].scalars : []
    return (0..<weight.shape[0]).allSatisfy { channel in
      let scale = grid.scales[grid.scales.count == 1 ? 0 : channel]
      let bias = biases.isEmpty ? 0 : Self.bias(biases[channel], input, scale)
      let bound = abs(bias) + Double(2 * largest)
      let factor = input.scales[0] * scale / output.scales[0]
      return bound < 0x1p31 && bound * Double(factor) < 0x1p30 && factor > 0
    }
  }

  /// Whether every weight less its zero point is a signed byte.
  private static func fitBytes(_ weight: Tensor, _ grid: QuantizationGrid) -> Bool {
    guard let range = grid.type.range else { return false }
    let isCentred = grid.zeroPoints.allSatisfy {
      range.lowerBound - $0 >= -128 && range.upperBound - $0 <= 127
    }
    if isCentred { return true }
    let perChannel = weight.shape.count(from: 1)
    return weight.scalars.indices.allSatisfy { i in
      let scale = grid.scales[grid.scales.count == 1 ? 0 : i / perChannel]
      return (-128...127).contains((weight.scalars[i] / scale).rounded(.toNearestOrEven))
    }
  }

  private static func bias(_ value: Float, _ input: QuantizationGrid, _ scale: Float) -> Double {
    (Double(value) / (Double(input.scales[0]) * Double(scale))).rounded(.toNearestOrEven)
  }

  /// Prepares the parameters of a layer that ``fit(_:_:)``.
  init<Op>(_ op: Quantized<Op>, _ parameters: [Tensor]) {
    let (input, output) = (op.inputGrids[0], op.addition?.grid ?? op.outputGrid)
    let weight = parameters[0]
    let channels = weight.shape[0]
    let perChannel = weight.shape.count / channels
    let zero = Int(input.byteZero)
    let biases = parameters.count > 1 ? parameters[1].scalars : []
    let grid = op.weightGrid ?? QuantizationGrid(scale: 1, type: .int8)
    let (bias, scales) = (
      AlignedBuffer<Int32>(count: (channels + 31) / 32 * 32),
      AlignedBuffer<Float>(count: (channels + 31) / 32 * 32)
    )
    bits = [UInt16](unsafeUninitializedCapacity: weight.shape.count) { bits, count in
      count = weight.shape.count
      weight.scalars.withUnsafeBufferPointer { reals in
        for channel in 0..<channels {
          let scale = grid.scales[grid.scales.count == 1 ? 0 : channel]
          var sum = 0
          for i in channel * perChannel..<(channel + 1) * perChannel {
            // A real weight is its scale times a whole number.
            let value = Int((reals[i] / scale).rounded(.toNearestOrEven))
            bits[i] = UInt16(truncatingIfNeeded: value & 0xFF)
            sum += value
          }
          let own = biases.isEmpty ? 0 : Self.bias(biases[channel], input, scale)
          bias.pointer[channel] = Int32(truncatingIfNeeded: Int(own) - zero * sum)
          scales.pointer[channel] = input.scales[0] * scale / output.scales[0]
        }
      }
    }
    self.bias = bias
    self.scales = scales
  }
}
