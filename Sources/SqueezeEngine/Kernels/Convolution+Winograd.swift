import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// 3×3 convolution by Winograd's F(4×4, 3×3), a quarter of the products, or F(2×2, 3×3).
///
/// A band of tile rows, or several images where maps are small, is transformed block by block, multiplied
/// element by element as matrices of tiles × input channels, and transformed back tile of output
/// channels by tile. The rounding error of F(4×4) stays below 2·10⁻⁶ of the sum of the products'
/// magnitudes.
struct WinogradConvolution: Kernel {
  let inputs: [Demand]
  let outputs = [Form.blocked]
  private let geometry: WindowGeometry
  private let scheme: WinogradScheme
  private let weights: WinogradWeights
  private let table: KernelTable
  private let transforms: WinogradFunctions
  private let clip: SQClip
  private let cut: Cut
  private var bound: Bound?

  private struct Bound {
    var input: Layout
    var output: Layout
    var residual: Layout?
    var scratch: Int
    /// For each number of tiles in a band, where the input channels lie.
    var offsets: [Int: AlignedBuffer<Int>]
  }

  static func accepts(_ op: Convolution, _ site: Site) -> Bool {
    guard site.writesItsOutput, site.isFloat, site.isInhabited, site.prologue == nil,
      op.groups == 1,
      op.outputChannels >= 16
    else { return false }
    let geometry = WindowGeometry(op, site)
    guard geometry.kernel == [3, 3], geometry.stride == [1, 1], geometry.dilation == [1, 1],
      geometry.input[1] >= 16
    else { return false }
    return geometry.hasModestHalo
      && WinogradScheme.best(for: geometry, outputChannels: op.outputChannels) != nil
  }

  init(_ op: Convolution, _ site: Site) {
    let geometry = WindowGeometry(op, site)
    scheme = WinogradScheme.best(for: geometry, outputChannels: op.outputChannels) ?? .four
    let tiles = scheme.tiles(geometry)
    var halo = geometry.halo
    halo.bottom = tiles.rows * scheme.side + 2 - halo.top - geometry.input[2]
    halo.right = tiles.columns * scheme.side + 2 - halo.left - geometry.input[3]
    inputs = [.blocked(halo)] + (site.addsResidual ? [.blocked] : [])
    weights = WinogradWeights(
      weights: site.parameters[0].scalars,
      bias: op.hasBias ? site.parameters[1].scalars : nil,
      inputChannels: geometry.input[1],
      outputChannels: op.outputChannels,
      scheme: scheme,
      table: site.table
    )
    cut = Cut(
      images: geometry.output[0],
      tiles: tiles,
      channelTiles: weights.tiles.count,
      threads: site.threadCount
    )
    self.geometry = geometry
    table = site.table
    transforms = scheme.functions(site.table)
    clip = site.clip
  }

  var scratchCount: Int {
    let places = places(cut.tilesPerBand)
    return scheme.elements * (places.elementStride + 2 * places.blockStride)
  }

  private func places(_ count: Int) -> WinogradTiles {
    WinogradTiles(count, inputChannels: geometry.input[1])
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    let input = inputs[0].layout
    let sizes = Set((0..<cut.groups * cut.bands).map { tileCount(of: cut.area($0)) })
    bound = Bound(
      input: input,
      output: outputs[0].layout,
      residual: inputs.count > 1 ? inputs[1].layout : nil,
      scratch: scratch,
      offsets: Dictionary(
        uniqueKeysWithValues: sizes.map { ($0, places($0).offsets) }
      )
    )
  }

  func run(_ run: Run) {
    guard let bound else { return }
    let perThread = (scratchCount + 15) / 16 * 16
    run.pool.forEach(cut.groups * cut.bands * cut.channelParts) { item, thread in
      let part = item % cut.channelParts
      let area = cut.area(item / cut.channelParts)
      let transformed = run.memory + bound.scratch + thread * perThread
      transformInput(run, bound, area, transformed)
      let count = weights.tiles.count
      let channelTiles = count * part / cut.channelParts..<count * (part + 1) / cut.channelParts
      for tile in weights.tiles[channelTiles] {
        multiply(run, bound, tile, area, transformed)
      }
    }
  }

  /// How many tiles an area has.
  private func tileCount(of area: Cut.Area) -> Int {
    area.images.count * area.rows.count * scheme.tiles(geometry).columns
  }

  /// Writes `[elements][I/16][tiles][16]` for the tiles of an area, image by image.
  private func transformInput(
    _ run: Run,
    _ bound: Bound,
    _ area: Cut.Area,
    _ target: UnsafeMutablePointer<Float>
  ) {
    let input = bound.input
    let columns = scheme.tiles(geometry).columns
    let places = places(tileCount(of: area))
    for block in 0..<input.planes {
      var first = target + block * places.blockStride
      for image in area.images {
        let source = run.memory + input.row(image, block) + geometry.firstTap(input)
        for row in area.rows {
          transforms.input(
            source + row * scheme.side * input.rowStride,
            input.rowStride,
            first,
            places.elementStride,
            columns
          )
          first += columns * 16
        }
      }
    }
  }

  /// Products of one tile of output channels, and their transform into the output.
  private func multiply(
    _ run: Run,
    _ bound: Bound,
    _ tile: WinogradWeights.Tile,
    _ area: Cut.Area,
    _ transformed: UnsafeMutablePointer<Float>
  ) {
    let input = bound.input
    let elements = scheme.elements
    let tiles = tileCount(of: area)
    guard let offsets = bound.offsets[tiles] else { return }
    let places = places(tiles)
    let products = transformed + elements * places.elementStride
    var arguments = SQConvolution(
      input: transformed,
      inputPixelStride: 16,
      inputRowStride: 0,
      offsets: offsets.pointer,
      depth: input.channels,
      weights: weights.weights.pointer + tile.offset,
      bias: Self.zeros.pointer,
      output: products,
      outputPixelStride: 16,
      outputRowStride: 0,
      outputBlockStride: elements * places.blockStride,
      width: tiles,
      channels: tile.channels,
      residual: .none,
      clip: .none
    )
    for _ in 0..<elements {
      table.convolve(&arguments, 0, 1)
      arguments.input += places.elementStride
      arguments.weights += WinogradWeights.elementStride(input.channels, tile.channels)
      arguments.output += places.blockStride
    }
    // Whole blocks only: the last tile may be wider than the output.
    for block in 0..<min(tile.channels / 16, bound.output.planes - tile.firstChannel / 16) {
      finish(run, bound, tile.firstChannel / 16 + block, area, products, block)
    }
  }

  /// Transforms the products of one block of output channels into the output.
  private func finish(
    _ run: Run,
    _ bound: Bound,
    _ block: Int,
    _ area: Cut.Area,
    _ products: UnsafeMutablePointer<Float>,
    _ part: Int
  ) {
    let output = bound.output
    let columns = scheme.tiles(geometry).columns
    let stride = places(tileCount(of: area)).blockStride
    var source = products + part * scheme.elements * stride
    for image in area.images {
      let residual = SQResidual(bound.residual, run, image, block)
      for row in area.rows {
        let first = row * scheme.side
        var added = residual
        added.advance(by: first * residual.rowStride / 16)
        transforms.output(
          SQWinogradProducts(data: source, elementStride: stride, tileStride: 16),
          SQWinogradOutput(
            bias: weights.bias.pointer + block * 16,
            data: run.memory + output.row(image, block, first),
            rowStride: output.rowStride,
            residual: added,
            clip: clip
          ),
          min(scheme.side, output.height - first),
          output.width
        )
        source += columns * 16
      }
    }
  }

  private static let zeros = AlignedBuffer<Float>(count: 32)
}

/// How a Winograd convolution is cut into items of work.
private struct Cut: Sendable {
  /// The tile rows of some images that are multiplied together.
  struct Area {
    var images: Range<Int>
    var rows: Range<Int>
  }

  private let tileRows: Int
  private let images: Int
  /// Images whose tiles share one reading of the weights are a group.
  let groups: Int
  let bands: Int
  /// Into how many parts the tiles of output channels are dealt; each transforms its input anew.
  let channelParts: Int
  let tilesPerBand: Int

  init(images: Int, tiles: (rows: Int, columns: Int), channelTiles: Int, threads: Int) {
    tileRows = tiles.rows
    self.images = images
    // Of small maps several images make enough tiles, but no fewer groups than threads.
    let perGroup = max(1, min(Self.bestTiles / (tiles.rows * tiles.columns), images / threads))
    groups = (images + perGroup - 1) / perGroup
    let rowsPerBand = max(1, Self.bestTiles / tiles.columns)
    let forCache = (tileRows + rowsPerBand - 1) / rowsPerBand
    // Bands for threads only where they stay large or where there are too few output channels to
    // share; otherwise threads share output channels.
    let splits = threads > 1 && tiles.rows * tiles.columns >= 2 * Self.bestTiles
    let forThreads = channelTiles < threads ? (threads + groups - 1) / groups : 1
    bands =
      splits ? min(tileRows, max(forCache, threads * 2)) : min(tileRows, max(forCache, forThreads))
    let items = groups * bands
    channelParts = items >= threads ? 1 : min(channelTiles, (threads + items - 1) / items)
    let imagesPerGroup = (images + groups - 1) / groups
    tilesPerBand = imagesPerGroup * ((tileRows + bands - 1) / bands) * tiles.columns
  }

  /// Enough tiles to read weights rarely, few enough for transformed input to stay in cache.
  private static let bestTiles = 56

  /// One of `groups · bands` areas.
  func area(_ index: Int) -> Area {
    let (group, band) = (index / bands, index % bands)
    return Area(
      images: images * group / groups..<images * (group + 1) / groups,
      rows: tileRows * band / bands..<tileRows * (band + 1) / bands
    )
  }
}
