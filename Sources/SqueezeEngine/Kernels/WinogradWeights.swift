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
    source.withUnsafeBufferPointer { source in
      for tile in tiles {
        for lane in 0..<min(tile.channels, outputChannels - tile.firstChannel) {
          let first = (tile.firstChannel + lane) * inputChannels
          for input in 0..<inputChannels {
            Self.transform(
              UnsafeBufferPointer(rebasing: source[(first + input) * 9..<(first + input) * 9 + 9]),
              packed.pointer + tile.offset + input * tile.channels + lane,
              inputChannels * tile.channels
            )
          }
        }
      }
    }
    self.tiles = tiles
    self.weights = packed
    self.bias = AlignedBuffer(count: (outputChannels + 31) / 32 * 32)
    if let bias { self.bias.pointer.update(from: bias, count: outputChannels) }
  }

  /// Writes `G g Gᵀ` of one kernel, row by row, `stride` floats apart.
  ///
  /// `G` has the rows (¼, 0, 0), −⅙(1, ±1, 1), (1, ±2, 4)/24 and (0, 0, 1).
  private static func transform(
    _ kernel: UnsafeBufferPointer<Float>,
    _ target: UnsafeMutablePointer<Float>,
    _ stride: Int
  ) {
    // The columns of G g: 6 × 3.
    let columns = (
      times(kernel[0], kernel[3], kernel[6]),
      times(kernel[1], kernel[4], kernel[7]),
      times(kernel[2], kernel[5], kernel[8])
    )
    for row in 0..<6 {
      let result = times(columns.0[row], columns.1[row], columns.2[row])
      for column in 0..<6 { target[(row * 6 + column) * stride] = Float(result[column]) }
    }
  }

  /// `G (a, b, c)` in the first six lanes.
  @inline(__always)
  private static func times(_ a: Float, _ b: Float, _ c: Float) -> SIMD8<Double> {
    times(Double(a), Double(b), Double(c))
  }

  @inline(__always)
  private static func times(_ a: Double, _ b: Double, _ c: Double) -> SIMD8<Double> {
    let even = (a + c) / -6
    let wide = a / 24 + c / 6
    return SIMD8(a / 4, even - b / 6, even + b / 6, wide + b / 12, wide - b / 12, c, 0, 0)
  }
}
