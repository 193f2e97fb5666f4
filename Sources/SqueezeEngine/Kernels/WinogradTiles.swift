/// Where the transformed input `[elements][I/16][tiles][16]` and the products `[O/16][elements][tiles][16]`
/// of some tiles lie.
struct WinogradTiles: Sendable {
  /// From one block of 16 input channels, or from one element of the products, to the next.
  let blockStride: Int
  /// From one element of the transformed input to the next.
  let elementStride: Int
  private let inputChannels: Int

  init(_ count: Int, inputChannels: Int) {
    blockStride = CacheSets.spread(count * 16)
    elementStride = CacheSets.spread((inputChannels + 15) / 16 * blockStride)
    self.inputChannels = inputChannels
  }

  /// Where an element's input channels start, for all of them.
  var offsets: AlignedBuffer<Int> {
    AlignedBuffer((0..<inputChannels).map { $0 / 16 * blockStride + $0 % 16 })
  }
}
