import SqueezeOperators
import SqueezeTensor

/// The weights of a depthwise convolution in blocks of 16 channels.
struct DepthwiseWeights: Sendable {
  /// Ordered `[C/16][taps][16]`.
  let weights: AlignedBuffer<Float>
  let bias: AlignedBuffer<Float>

  /// Packs `[C, 1, taps]` weights and `[C]` biases.
  init(_ op: Convolution, _ parameters: [Tensor], taps: Int) {
    let channels = op.outputChannels
    weights = AlignedBuffer(count: (channels + 15) / 16 * taps * 16)
    bias = AlignedBuffer(count: (channels + 15) / 16 * 16)
    guard let source = parameters.first?.scalars else { return }
    for channel in 0..<channels {
      for tap in 0..<taps {
        weights.pointer[(channel / 16 * taps + tap) * 16 + channel % 16] =
          source[channel * taps + tap]
      }
    }
    if op.hasBias { bias.pointer.update(from: parameters[1].scalars, count: channels) }
  }
}
