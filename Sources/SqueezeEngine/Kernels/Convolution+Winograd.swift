import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// 3×3 convolution by Winograd's F(4×4, 3×3): a quarter of the products.
///
/// A band of tile rows is transformed block by block, multiplied element by element of the 36 as
/// matrices of tiles × input channels, and transformed back tile of output channels by tile. The
/// rounding error stays below 2·10⁻⁶ of the sum of the products' magnitudes.
struct WinogradConvolution: Kernel {
  let inputs: [Demand]
  let outputs = [Form.blocked]
  private let geometry: WindowGeometry
  private let weights: WinogradWeights
  private let table: KernelTable
  private let clip: SQClip
  private let cut: Cut
  private var bound: Bound?

  private struct Bound {
    var input: Layout
    var output: Layout
    var scratch: Int
    /// For each number of tiles in a band, where the blocks of input channels lie.
    var offsets: [Int: AlignedBuffer<Int>]
  }

  static func accepts(_ op: Convolution, _ site: Site) -> Bool {
    guard site.isFloat, site.isInhabited, op.groups == 1, op.outputChannels >= 16 else {
      return false
    }
    let geometry = WindowGeometry(op, site)
    guard geometry.kernel == [3, 3], geometry.stride == [1, 1], geometry.dilation == [1, 1],
      geometry.input[1] >= 16
    else { return false }
    let tiles = geometry.tiles
    // A few tiles would not repay reading four times the weights, nor would mostly empty ones.
    let perImage = tiles.rows * tiles.columns
    return geometry.hasModestHalo && perImage >= 9
      && 2 * geometry.output[2] * geometry.output[3] >= 16 * perImage
  }

  init(_ op: Convolution, _ site: Site) {
    let geometry = WindowGeometry(op, site)
    let tiles = geometry.tiles
    var halo = geometry.halo
    halo.bottom = tiles.rows * 4 + 2 - halo.top - geometry.input[2]
    halo.right = tiles.columns * 4 + 2 - halo.left - geometry.input[3]
    inputs = [.blocked(halo)]
    weights = WinogradWeights(
      weights: site.parameters[0].scalars,
      bias: op.hasBias ? site.parameters[1].scalars : nil,
      inputChannels: geometry.input[1],
      outputChannels: op.outputChannels,
      table: site.table
    )
    cut = Cut(geometry, channelTiles: weights.tiles.count, threads: site.threadCount)
    self.geometry = geometry
    table = site.table
    clip = site.clip
  }

  var scratchCount: Int {
    let blocks = (geometry.input[1] + 15) / 16
    return cut.tilesPerBand * 36 * (blocks * 16 + 32)
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    let input = inputs[0].layout
    let blocks = input.planes
    let sizes = Set((0..<cut.bands).map { cut.rows($0).count * geometry.tiles.columns })
    bound = Bound(
      input: input,
      output: outputs[0].layout,
      scratch: scratch,
      offsets: Dictionary(
        uniqueKeysWithValues: sizes.map { tiles in
          (tiles, AlignedBuffer((0..<blocks).map { $0 * tiles * 16 }))
        }
      )
    )
  }

  func run(_ run: Run) {
    guard let bound else { return }
    let perThread = (scratchCount + 15) / 16 * 16
    run.pool.forEach(geometry.output[0] * cut.bands * cut.channelParts) { item, thread in
      let part = item % cut.channelParts
      let band = item / cut.channelParts % cut.bands
      let image = item / (cut.channelParts * cut.bands)
      let rows = cut.rows(band)
      let transformed = run.memory + bound.scratch + thread * perThread
      transformInput(run, bound, image, rows, transformed)
      let count = weights.tiles.count
      let channelTiles = count * part / cut.channelParts..<count * (part + 1) / cut.channelParts
      for tile in weights.tiles[channelTiles] {
        multiply(run, bound, tile, image, rows, transformed)
      }
    }
  }

  /// Writes `[36][I/16][tiles][16]` for the tiles of some rows.
  private func transformInput(
    _ run: Run,
    _ bound: Bound,
    _ image: Int,
    _ rows: Range<Int>,
    _ target: UnsafeMutablePointer<Float>
  ) {
    let input = bound.input
    let columns = geometry.tiles.columns
    let tiles = rows.count * columns
    for block in 0..<input.planes {
      let source = run.memory + input.row(image, block) + geometry.firstTap(input)
      for row in rows {
        table.transformWinogradInput(
          source + row * 4 * input.rowStride,
          input.rowStride,
          target + (block * tiles + (row - rows.lowerBound) * columns) * 16,
          input.planes * tiles * 16,
          columns
        )
      }
    }
  }

  /// Products of one tile of output channels, and their transform into the output.
  private func multiply(
    _ run: Run,
    _ bound: Bound,
    _ tile: WinogradWeights.Tile,
    _ image: Int,
    _ rows: Range<Int>,
    _ transformed: UnsafeMutablePointer<Float>
  ) {
    let (input, output) = (bound.input, bound.output)
    let columns = geometry.tiles.columns
    let tiles = rows.count * columns
    guard let offsets = bound.offsets[tiles] else { return }
    let products = transformed + 36 * input.planes * tiles * 16
    let (full, tail) = (input.channels / 16, input.channels % 16)
    for element in 0..<36 {
      var arguments = SQConvolution(
        input: transformed + element * input.planes * tiles * 16,
        inputPixelStride: 16,
        inputRowStride: 0,
        offsets: offsets.pointer,
        runs: full,
        runLength: 16,
        tailRuns: tail > 0 ? 1 : 0,
        tailLength: tail,
        weights: weights.weights.pointer + tile.offset
          + element * input.channels * tile.channels,
        bias: Self.zeros.pointer,
        output: products + element * tiles * 16,
        outputPixelStride: 16,
        outputRowStride: 0,
        outputBlockStride: 36 * tiles * 16,
        width: tiles,
        channels: tile.channels,
        clip: .none
      )
      table.convolve(&arguments, 0, 1)
    }
    for block in 0..<tile.channels / 16 {
      let source = products + block * 36 * tiles * 16
      for row in rows {
        table.transformWinogradOutput(
          source + (row - rows.lowerBound) * columns * 16,
          tiles * 16,
          16,
          weights.bias.pointer + tile.firstChannel + block * 16,
          clip,
          run.memory + output.row(image, tile.firstChannel / 16 + block, row * 4),
          output.rowStride,
          min(4, output.height - row * 4),
          output.width
        )
      }
    }
  }

  private static let zeros = AlignedBuffer<Float>(count: 32)
}

/// How a Winograd convolution is cut into items of work.
private struct Cut: Sendable {
  private let tileRows: Int
  let bands: Int
  /// Into how many parts the tiles of output channels are dealt; each transforms its input anew.
  let channelParts: Int
  let tilesPerBand: Int

  init(_ geometry: WindowGeometry, channelTiles: Int, threads: Int) {
    let tiles = geometry.tiles
    tileRows = tiles.rows
    let rowsPerBand = max(1, Self.bestTiles / tiles.columns)
    let forCache = (tileRows + rowsPerBand - 1) / rowsPerBand
    // Bands for threads only where they stay large; otherwise threads share output channels.
    let splits = threads > 1 && tiles.rows * tiles.columns >= 2 * Self.bestTiles
    bands = splits ? min(tileRows, max(forCache, threads * 2)) : forCache
    let items = geometry.output[0] * bands
    channelParts = items >= threads ? 1 : min(channelTiles, (threads + items - 1) / items)
    tilesPerBand = (tileRows + bands - 1) / bands * tiles.columns
  }

  /// Enough tiles to read weights rarely, few enough for transformed input to stay in cache.
  private static let bestTiles = 56

  func rows(_ band: Int) -> Range<Int> {
    tileRows * band / bands..<tileRows * (band + 1) / bands
  }
}

extension WindowGeometry {
  /// The 4×4 tiles that cover the output.
  fileprivate var tiles: (rows: Int, columns: Int) {
    ((output[2] + 3) / 4, (output[3] + 3) / 4)
  }
}
