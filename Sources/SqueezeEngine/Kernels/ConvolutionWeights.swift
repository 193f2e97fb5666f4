/// The weights of a convolution in the order in which tiles read them.
///
/// Output channels are cut into tiles of 32, 24 or 16. Each tile sums over blocks of 16 input channels, tap
/// by tap, and last over the channels of a block that is not full. In a group convolution a tile
/// reads the blocks its groups touch, with zeros for other channels.
struct ConvolutionWeights: Sendable {
  struct Tile: Sendable {
    var firstChannel: Int
    /// 16, 24 or 32.
    var channels: Int
    /// The first block of input channels, or the first channel of planar input.
    var firstPlane: Int
    var fullPlanes: Int
    /// The channels of one more block, or 0.
    var tailChannels: Int
    /// The place of `fullPlanes` and `tailChannels` in ``ConvolutionWeights/extents``.
    var extent: Int
    /// Where the weights `[k][channels]` start.
    var offset: Int
    /// The length of the sums, `k`.
    var depth: Int
  }

  let tiles: [Tile]
  let weights: AlignedBuffer<Float>
  let bias: AlignedBuffer<Float>

  /// The input that tiles read: whole planes, then some channels of one more.
  struct Extent: Sendable, Hashable {
    var fullPlanes: Int
    var tailChannels: Int
  }

  /// The different extents of the tiles.
  let extents: [Extent]

  /// Packs `[O, I/groups, taps]` weights; `lanes` is 16 for blocked input, 1 for planar input.
  ///
  /// With `usesHalfVectors` a last tile of 17 to 24 channels has 24, instead of 32 or twice 16.
  init(
    weights source: [Float],
    bias: [Float]?,
    inputChannels: Int,
    outputChannels: Int,
    taps: Int,
    groups: Int,
    lanes: Int,
    widest: Int,
    usesHalfVectors: Bool = false
  ) {
    let (tiles, extents) = Self.tiles(
      inputChannels,
      outputChannels,
      taps,
      groups,
      lanes,
      widest,
      usesHalfVectors
    )
    let total = tiles.last.map { $0.offset + $0.depth * $0.channels } ?? 0
    let packed = AlignedBuffer<Float>(count: total)
    let target = packed.pointer
    let (perGroup, outputsPerGroup) = (inputChannels / groups, outputChannels / groups)
    let depth = perGroup * taps
    source.withUnsafeBufferPointer { source in
      for tile in tiles {
        let outputs = tile.firstChannel..<min(tile.firstChannel + tile.channels, outputChannels)
        var first = outputs.lowerBound
        while first < outputs.upperBound {
          let group = first / outputsPerGroup
          let members = first..<min((group + 1) * outputsPerGroup, outputs.upperBound)
          first = members.upperBound
          // Output channels innermost: each is a stream that is read in order, and writes follow each other.
          for input in 0..<perGroup {
            let (plane, inner) = (group * perGroup + input).quotientAndRemainder(dividingBy: lanes)
            let block = plane - tile.firstPlane
            let length = block < tile.fullPlanes ? lanes : tile.tailChannels
            for tap in 0..<taps {
              let k = block * taps * lanes + inner + tap * length
              let row = target + (tile.offset + k * tile.channels - tile.firstChannel)
              var from = members.lowerBound * depth + input * taps + tap
              for output in members {
                row[output] = source[from]
                from += depth
              }
            }
          }
        }
      }
    }
    self.tiles = tiles
    self.extents = extents
    self.weights = packed
    self.bias = AlignedBuffer(count: (outputChannels + 31) / 32 * 32)
    if let bias { self.bias.pointer.update(from: bias, count: outputChannels) }
  }

  /// The tiles of a convolution, and the different extents of input they read.
  static func tiles(
    _ inputChannels: Int,
    _ outputChannels: Int,
    _ taps: Int,
    _ groups: Int,
    _ lanes: Int,
    _ widest: Int,
    _ usesHalfVectors: Bool
  ) -> (tiles: [Tile], extents: [Extent]) {
    let outputsPerGroup = outputChannels / groups
    let perGroup = inputChannels / groups
    var tiles: [Tile] = []
    var extents: [Extent] = []
    var (first, offset) = (0, 0)
    while first < outputChannels {
      let left = outputChannels - first
      let isDense = groups == 1 || outputsPerGroup % 32 == 0
      let channels =
        switch left {
        case 17...24 where usesHalfVectors && isDense: 24
        case 17... where widest == 32 && isDense: 32
        default: 16
        }
      let last = min(first + channels, outputChannels) - 1
      let firstPlane = first / outputsPerGroup * perGroup / lanes
      // One past the last input channel of the last group, rounded up to a block that exists.
      let end = (last / outputsPerGroup + 1) * perGroup
      let planes = (end + lanes - 1) / lanes
      let tail = planes * lanes > inputChannels ? inputChannels % lanes : 0
      let full = planes - firstPlane - (tail > 0 ? 1 : 0)
      let depth = (full * lanes + tail) * taps
      let extent = Extent(fullPlanes: full, tailChannels: tail)
      let position = extents.firstIndex(of: extent) ?? extents.count
      if position == extents.count { extents.append(extent) }
      tiles.append(
        Tile(
          firstChannel: first,
          channels: channels,
          firstPlane: firstPlane,
          fullPlanes: full,
          tailChannels: tail,
          extent: position,
          offset: offset,
          depth: depth
        )
      )
      first += channels
      offset += depth * channels
    }
    return (tiles, extents)
  }
}
