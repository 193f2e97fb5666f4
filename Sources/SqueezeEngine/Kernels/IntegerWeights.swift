import SqueezeOperators
import SqueezeParameters
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

  /// Whether the weights of a layer, less their zero points, fit into bytes and its sums into 32 bits.
  static func fit<Op>(_ op: Quantized<Op>, _ weight: UniformInteger, bias: [Float]) -> Bool {
    let shape = weight.shape
    guard shape.rank >= 1, shape[0] > 0, weight.scales.count == 1 || weight.axis == 0 else {
      return false
    }
    let perChannel = shape.count(from: 1)
    let zeros = weight.zeroPoints
    let fitsBytes = weight.integers.indices.allSatisfy { i in
      let zero = zeros.count == 1 ? zeros[0] : zeros[i / perChannel]
      return (-128...127).contains(Int(weight.integers[i]) - Int(zero))
    }
    let (input, output) = (op.inputGrids[0], op.addition?.grid ?? op.outputGrid)
    // Sums of products, and what the input's zero point takes away.
    let largest = 2 * perChannel * 128 * 255
    return fitsBytes
      && (0..<shape[0]).allSatisfy { channel in
        let scale = weight.scales[weight.scales.count == 1 ? 0 : channel]
        let own = bias.isEmpty ? 0 : Self.bias(bias[channel], input, scale)
        let bound = abs(own) + Double(largest)
        let factor = input.scales[0] * scale / output.scales[0]
        return bound < 0x1p31 && bound * Double(factor) < 0x1p30 && factor > 0
      }
  }

  private static func bias(_ value: Float, _ input: QuantizationGrid, _ scale: Float) -> Double {
    (Double(value) / (Double(input.scales[0]) * Double(scale))).rounded(.toNearestOrEven)
  }

  /// Prepares the parameters of a layer that ``fit(_:_:bias:)``.
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
