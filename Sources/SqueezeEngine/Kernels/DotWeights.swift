/// Weights of 8 or 16 bits in the order in which tiles read them: words of 32 bits, each with the
/// weights of 4 or 2 consecutive inputs, word by word the channels of a tile side by side.
struct DotWeights: Sendable {
  struct Tile: Sendable {
    var firstChannel: Int
    /// 16 or 32.
    var channels: Int
    /// The first block of input channels.
    var firstPlane: Int
    /// How many blocks, or planar maps, are read whole.
    var fullPlanes: Int
    /// The words of one more block that is not full, or 0.
    var tailWords: Int
    /// Where the weights `[words][channels]` start.
    var offset: Int
  }

  /// How inputs lie.
  enum Input: Sendable {
    /// In blocks of 16 channels.
    case blocks
    /// Map by map, `runLength` neighbouring taps at a time.
    case maps(runLength: Int)
  }

  let tiles: [Tile]
  let words: AlignedBuffer<Int32>

  /// Packs `[O, I/groups, taps]` weights of `32 / perWord` bits; maps have one group.
  init(
    _ source: [UInt16],
    inputChannels: Int,
    outputChannels: Int,
    taps: Int,
    groups: Int,
    input: Input,
    perWord: Int,
    widest: Int
  ) {
    let packing = Packing(
      inputChannels: inputChannels,
      outputChannels: outputChannels,
      taps: taps,
      groups: groups,
      input: input,
      perWord: perWord
    )
    let tiles = packing.tiles(widest: widest)
    let last = tiles.last
    let total = last.map { $0.offset + packing.depth(of: $0) * $0.channels } ?? 0
    let words = AlignedBuffer<Int32>(count: total)
    source.withUnsafeBufferPointer { source in
      for tile in tiles { packing.pack(source, tile, words.pointer + tile.offset) }
    }
    self.tiles = tiles
    self.words = words
  }
}

private struct Packing {
  let inputChannels: Int
  let outputChannels: Int
  let taps: Int
  let groups: Int
  let input: DotWeights.Input
  let perWord: Int

  private var inputsPerGroup: Int { inputChannels / groups }
  private var outputsPerGroup: Int { outputChannels / groups }
  private var lanes: Int { if case .blocks = input { 16 } else { 1 } }

  /// The words of all taps of one whole plane.
  private var wordsPerPlane: Int {
    switch input {
    case .blocks: taps * 16 / perWord
    case .maps(let length): taps / length * ((length + perWord - 1) / perWord)
    }
  }

  func depth(of tile: DotWeights.Tile) -> Int {
    tile.fullPlanes * wordsPerPlane + tile.tailWords * taps
  }

  func tiles(widest: Int) -> [DotWeights.Tile] {
    var tiles: [DotWeights.Tile] = []
    var (first, offset) = (0, 0)
    while first < outputChannels {
      let isWide =
        widest == 32 && outputChannels - first > 16 && (groups == 1 || outputsPerGroup % 32 == 0)
      let channels = isWide ? 32 : 16
      let last = min(first + channels, outputChannels) - 1
      let firstPlane = first / outputsPerGroup * inputsPerGroup / lanes
      // One past the last input channel of the last group, rounded up to a block that exists.
      let end = (last / outputsPerGroup + 1) * inputsPerGroup
      let planes = (end + lanes - 1) / lanes
      let tail = planes * lanes > inputChannels ? inputChannels % lanes : 0
      let tile = DotWeights.Tile(
        firstChannel: first,
        channels: channels,
        firstPlane: firstPlane,
        fullPlanes: planes - firstPlane - (tail > 0 ? 1 : 0),
        tailWords: (tail + perWord - 1) / perWord,
        offset: offset
      )
      tiles.append(tile)
      first += channels
      offset += depth(of: tile) * channels
    }
    return tiles
  }

  func pack(
    _ source: UnsafeBufferPointer<UInt16>,
    _ tile: DotWeights.Tile,
    _ target: UnsafeMutablePointer<Int32>
  ) {
    // Words are little-endian, as on every processor this runs on: element `k` of a lane is `k` modulo
    // the elements per word of its word.
    let elements = UnsafeMutableRawPointer(target)
    let bytes = 4 / perWord
    for lane in 0..<min(tile.channels, outputChannels - tile.firstChannel) {
      let output = tile.firstChannel + lane
      let firstInput = output / outputsPerGroup * inputsPerGroup
      for input in 0..<inputsPerGroup {
        let (start, step, runLength, runStep) = order(of: firstInput + input, tile)
        let first = (output * inputsPerGroup + input) * taps
        for tap in 0..<taps {
          let k = start + tap / runLength * runStep + tap % runLength * step
          let word = k / perWord * tile.channels + lane
          let place = elements + (word * perWord + k % perWord) * bytes
          if bytes == 1 {
            place.storeBytes(of: UInt8(truncatingIfNeeded: source[first + tap]), as: UInt8.self)
          } else {
            place.storeBytes(of: source[first + tap], as: UInt16.self)
          }
        }
      }
    }
  }

  /// Where the weights of an input channel stand in the tile's order of inputs: the first, the step
  /// from tap to tap, how many taps form a run and the step from run to run.
  private func order(
    of channel: Int,
    _ tile: DotWeights.Tile
  ) -> (start: Int, step: Int, runLength: Int, runStep: Int) {
    switch input {
    case .blocks:
      let plane = channel / 16 - tile.firstPlane
      let length = plane < tile.fullPlanes ? 16 : tile.tailWords * perWord
      return (plane * taps * 16 + channel % 16, length, taps, 0)
    case .maps(let length):
      let rounded = (length + perWord - 1) / perWord * perWord
      return ((channel - tile.firstPlane) * wordsPerPlane * perWord, 1, length, rounded)
    }
  }
}
