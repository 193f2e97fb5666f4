/// 3×3 kernels after Winograd's transform `G g Gᵀ`, in the order in which tiles read them.
struct WinogradWeights: Sendable {
  struct Tile: Sendable {
    var firstChannel: Int
    /// 16 or 32.
    var channels: Int
    /// Where the weights `[elements][I][channels]` start.
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
    scheme: WinogradScheme,
    table: KernelTable
  ) {
    var tiles: [Tile] = []
    var (first, offset) = (0, 0)
    while first < outputChannels {
      let isWide = table.convolutionChannels == 32 && outputChannels - first > 16
      let channels = isWide ? 32 : 16
      tiles.append(Tile(firstChannel: first, channels: channels, offset: offset))
      first += channels
      offset += scheme.elements * inputChannels * channels
    }
    let packed = AlignedBuffer<Float>(count: offset)
    let transform = scheme.functions(table).weights
    source.withUnsafeBufferPointer { source in
      guard let kernels = source.baseAddress else { return }
      for tile in tiles {
        for half in stride(from: 0, to: tile.channels, by: 16) {
          let first = tile.firstChannel + half
          for input in 0..<inputChannels where first < outputChannels {
            transform(
              kernels + (first * inputChannels + input) * 9,
              inputChannels * 9,
              min(16, outputChannels - first),
              packed.pointer + tile.offset + input * tile.channels + half,
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
}
