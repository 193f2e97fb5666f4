/// 3×3 kernels after Winograd's transform `G g Gᵀ`, in the order in which tiles read them.
struct WinogradWeights: Sendable {
  struct Tile: Sendable {
    var firstChannel: Int
    /// 16 or 32.
    var channels: Int
    /// Where the weights `[36][I][channels]` start.
    var offset: Int
  }

  let tiles: [Tile]
  let weights: AlignedBuffer<Float>
  let bias: AlignedBuffer<Float>

  /// Transforms and packs `[O, I, 3, 3]` weights.
  init(
    weights source: [Float],
    bias: [Float]?,
    inputChannels: Int,
    outputChannels: Int,
    widest: Int
  ) {
    var tiles: [Tile] = []
    var (first, offset) = (0, 0)
    while first < outputChannels {
      let channels = widest == 32 && outputChannels - first > 16 ? 32 : 16
      tiles.append(Tile(firstChannel: first, channels: channels, offset: offset))
      first += channels
      offset += 36 * inputChannels * channels
    }
    let packed = AlignedBuffer<Float>(count: offset)
    for tile in tiles {
      for lane in 0..<min(tile.channels, outputChannels - tile.firstChannel) {
        for input in 0..<inputChannels {
          let start = ((tile.firstChannel + lane) * inputChannels + input) * 9
          let transformed = Self.transform(source[start..<start + 9].map { Double($0) })
          for (element, value) in transformed.enumerated() {
            let position = (element * inputChannels + input) * tile.channels + lane
            packed.pointer[tile.offset + position] = Float(value)
          }
        }
      }
    }
    self.tiles = tiles
    self.weights = packed
    self.bias = AlignedBuffer(count: (outputChannels + 31) / 32 * 32)
    if let bias { self.bias.pointer.update(from: bias, count: outputChannels) }
  }

  private static let g: [[Double]] = [
    [1.0 / 4, 0, 0],
    [-1.0 / 6, -1.0 / 6, -1.0 / 6],
    [-1.0 / 6, 1.0 / 6, -1.0 / 6],
    [1.0 / 24, 1.0 / 12, 1.0 / 6],
    [1.0 / 24, -1.0 / 12, 1.0 / 6],
    [0, 0, 1],
  ]

  /// `G g Gᵀ` of one kernel, row by row.
  private static func transform(_ kernel: [Double]) -> [Double] {
    // Columns first: 6 × 3.
    let half = g.flatMap { row in
      (0..<3).map { x in row[0] * kernel[x] + row[1] * kernel[3 + x] + row[2] * kernel[6 + x] }
    }
    return (0..<6).flatMap { y in
      g.map { row in
        row[0] * half[y * 3] + row[1] * half[y * 3 + 1] + row[2] * half[y * 3 + 2]
      }
    }
  }
}
