import SqueezeTensor

/// The weights of a convolution of bits: signs in words of 32 input channels, ordered
/// `[O/32][taps][words][32]`, with a scale and a bias per output channel.
struct BinaryWeights: Sendable {
  struct Tile: Sendable {
    var firstChannel: Int
    /// 16 or 32.
    var channels: Int
    /// Where the words `[taps · words per pixel][channels]` start.
    var offset: Int
  }

  let tiles: [Tile]
  let words: AlignedBuffer<Int32>
  /// One per output channel, up to a multiple of 32.
  let scales: AlignedBuffer<Float>
  let bias: AlignedBuffer<Float>
  /// Σ of the signs of each tap's weights, `[taps][output channels]`.
  let tapSums: [[Int32]]

  /// Whether all weights of each output channel have one magnitude, which is a number.
  static func areBinary(_ weight: Tensor, channels: Int) -> Bool {
    let size = weight.scalars.count / channels
    return weight.scalars.withUnsafeBufferPointer { weights in
      (0..<channels).allSatisfy { channel in
        let slice = weights[channel * size..<(channel + 1) * size]
        guard let scale = slice.first.map({ abs($0) }), scale.isFinite else { return false }
        return slice.allSatisfy { abs($0) == scale }
      }
    }
  }

  /// Packs `[O, I, taps]` weights that are binary.
  init(_ weight: Tensor, bias: [Float]?, outputChannels: Int, taps: Int, widest: Int) {
    let inputs = weight.scalars.count / (outputChannels * taps)
    let wordsPerPixel = (inputs + 31) / 32
    let depth = taps * wordsPerPixel
    var tiles: [Tile] = []
    var first = 0
    while first < outputChannels {
      let channels = widest == 32 && outputChannels - first > 16 ? 32 : 16
      tiles.append(Tile(firstChannel: first, channels: channels, offset: first * depth))
      first += channels
    }
    let padded = (outputChannels + 31) / 32 * 32
    let words = AlignedBuffer<Int32>(count: padded * depth)
    let scales = AlignedBuffer<Float>(count: padded)
    var tapSums = [[Int32]](repeating: [Int32](repeating: 0, count: padded), count: taps)
    weight.scalars.withUnsafeBufferPointer { source in
      for tile in tiles {
        for lane in 0..<min(tile.channels, outputChannels - tile.firstChannel) {
          let output = tile.firstChannel + lane
          scales.pointer[output] = abs(source[output * inputs * taps])
          for input in 0..<inputs {
            for tap in 0..<taps {
              let isNegative = source[(output * inputs + input) * taps + tap].sign == .minus
              tapSums[tap][output] += isNegative ? -1 : 1
              guard isNegative else { continue }
              let k = tap * wordsPerPixel + input / 32
              words.pointer[tile.offset + k * tile.channels + lane] |= 1 << Int32(input % 32)
            }
          }
        }
      }
    }
    self.tiles = tiles
    self.words = words
    self.scales = scales
    self.tapSums = tapSums
    self.bias = AlignedBuffer(count: padded)
    if let bias { self.bias.pointer.update(from: bias, count: outputChannels) }
  }
}
