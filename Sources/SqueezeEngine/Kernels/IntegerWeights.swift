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

  /// Prepares the parameters of a layer, or gives `nil` where they do not fit into bytes and sums of
  /// 32 bits.
  init?<Op>(_ op: Quantized<Op>, _ parameters: [Tensor], outputGrid: QuantizationGrid) {
    guard let grid = op.weightGrid, let weight = parameters.first, weight.shape.rank >= 1 else {
      return nil
    }
    let channels = weight.shape[0]
    guard channels > 0, grid.scales.count == 1 || grid.scales.count == channels else { return nil }
    let perChannel = weight.shape.count / channels
    let input = op.inputGrids[0]
    let zero = Int(input.byteZero)
    let biases = parameters.count > 1 ? parameters[1].scalars : []
    bias = AlignedBuffer(count: (channels + 31) / 32 * 32)
    scales = AlignedBuffer(count: (channels + 31) / 32 * 32)
    var bits = [UInt16](repeating: 0, count: weight.shape.count)
    let integers = weight.integers
    for channel in 0..<channels {
      let slice = grid.scales.count == 1 ? 0 : channel
      let weightZero = grid.zeroPoints[slice]
      var (sum, magnitude) = (0, 0)
      for i in channel * perChannel..<(channel + 1) * perChannel {
        let value = integers[i] - weightZero
        guard (-128...127).contains(value) else { return nil }
        bits[i] = UInt16(UInt8(bitPattern: Int8(value)))
        sum += value
        magnitude += abs(value)
      }
      let step = Double(input.scales[0]) * Double(grid.scales[slice])
      let real = biases.isEmpty ? 0 : (Double(biases[channel]) / step).rounded(.toNearestOrEven)
      guard abs(real) < 0x1p30 else { return nil }
      let whole = Int(real) - zero * sum
      let scale = input.scales[0] * grid.scales[slice] / outputGrid.scales[0]
      let largest = magnitude * 255 + abs(whole)
      guard largest < 1 << 30, Float(largest) * scale < 0x1p30, scale > 0 else { return nil }
      bias.pointer[channel] = Int32(whole)
      scales.pointer[channel] = scale
    }
    self.bits = bits
  }
}
