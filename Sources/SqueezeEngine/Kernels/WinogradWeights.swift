/// 3×3 kernels after Winograd's transform `G g Gᵀ`, in the order in which tiles read them.
struct WinogradWeights: Sendable {
  struct Tile: Sendable {
    var firstChannel: Int
    /// 16 or 32.
    var channels: Int
    /// Where the weights `[elements][I][channels]` start, `elementStride` from element to element.
    var offset: Int
  }

  let tiles: [Tile]
  let weights: AlignedBuffer<Float>
  let bias: AlignedBuffer<Float>

  /// From one element's weights of a tile to the next's, in floats.
  static func elementStride(_ inputChannels: Int, _ channels: Int) -> Int {
    CacheSets.spread(inputChannels * channels)
  }

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
      offset += scheme.elements * Self.elementStride(inputChannels, channels)
    }
    let packed = AlignedBuffer<Float>(count: offset)
    let transform = scheme.functions(table).weights
    let scratch = AlignedBuffer<Float>(count: 144)
    source.withUnsafeBufferPointer { source in
      guard let source = source.baseAddress else { return }
      for tile in tiles {
        for first in stride(from: 0, to: tile.channels, by: 16) {
          let output = tile.firstChannel + first
          guard output < outputChannels else { break }
          transform(
            source + output * inputChannels * 9,
            inputChannels * 9,
            9,
            1,
            min(16, outputChannels - output),
            inputChannels,
            packed.pointer + tile.offset + first,
            Self.elementStride(inputChannels, tile.channels),
            tile.channels,
            scratch.pointer
          )
        }
      }
    }
    self.tiles = tiles
    self.weights = packed
    self.bias = AlignedBuffer(count: (outputChannels + 31) / 32 * 32)
    if let bias { self.bias.pointer.update(from: bias, count: outputChannels) }
  }
}
