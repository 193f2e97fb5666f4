import CSqueezeKernels
import SqueezeTensor

/// A 3×3 pass of stride 1 by Winograd's F(4×4, 3×3) or F(2×2, 3×3).
///
/// Tiles of several images are multiplied together, so that small maps of a large batch read the
/// transformed weights as rarely as large ones do.
final class WinogradPass: ConvolutionPass {
  let geometry: PassGeometry
  private let scheme: WinogradScheme
  private let tiles: [WinogradWeights.Tile]
  private let weights: AlignedBuffer<Float>
  private let zeros: AlignedBuffer<Float>
  private let table: KernelTable
  private let transforms: WinogradFunctions
  private let threadCount: Int
  /// Rows and columns of tiles of one image, and rows of tiles that one item takes.
  private let grid: (rows: Int, columns: Int)
  private let rowsPerItem: Int
  private var bound: Bound?

  private struct Bound {
    var input: Layout
    var output: Layout
    var scratch: Int
    /// Where input channels lie, for whole items and for the last.
    var offsets: [Int: AlignedBuffer<Int>]
  }

  /// A pass where this geometry is one that Winograd makes faster, else `nil`.
  init?(_ geometry: PassGeometry, table: KernelTable, threadCount: Int) {
    let taps = geometry.taps
    guard taps.count == 9, geometry.stride == (1, 1), geometry.targetStride == (1, 1),
      geometry.inputChannels >= 16, geometry.outputChannels >= 16,
      Self.isCompact(taps)
    else { return nil }
    let sizes = [geometry.batch, geometry.inputChannels, geometry.rows, geometry.columns]
    let window = WindowGeometry(
      kernel: [3, 3],
      stride: [1, 1],
      dilation: [1, 1],
      begin: [-taps[0].row, -taps[0].column],
      input: sizes,
      output: [geometry.batch, geometry.outputChannels, geometry.rows, geometry.columns]
    )
    guard let scheme = WinogradScheme.best(for: window, outputChannels: geometry.outputChannels)
    else { return nil }
    self.geometry = geometry
    self.scheme = scheme
    self.table = table
    self.threadCount = threadCount
    transforms = scheme.functions(table)
    grid = scheme.tiles(window)
    let tileRows = geometry.batch * grid.rows
    // As many items as give every thread the same number.
    let rounds = tileRows * grid.columns / (Self.bestTiles * threadCount)
    let items = max(1, rounds) * threadCount
    rowsPerItem = (tileRows + items - 1) / items
    var tiles: [WinogradWeights.Tile] = []
    var (first, offset) = (0, 0)
    while first < geometry.outputChannels {
      let isWide = table.convolutionChannels == 32 && geometry.outputChannels - first > 16
      let channels = isWide ? 32 : 16
      tiles.append(WinogradWeights.Tile(firstChannel: first, channels: channels, offset: offset))
      first += channels
      offset += scheme.elements * WinogradWeights.elementStride(geometry.inputChannels, channels)
    }
    self.tiles = tiles
    weights = AlignedBuffer(count: offset, use: .large)
    zeros = AlignedBuffer(count: (geometry.outputChannels + 31) / 32 * 32)
  }

  /// Enough tiles to read weights rarely, few enough for transformed input to stay in cache.
  private static let bestTiles = 56

  /// Whether taps are neighbours, row by row from the top left, or from the bottom right.
  private static func isCompact(_ taps: [(row: Int, column: Int, index: Int)]) -> Bool {
    let (top, left) = (taps[0].row, taps[0].column)
    return taps.enumerated().allSatisfy { position, tap in
      tap.row == top + position / 3 && tap.column == left + position % 3
    } && (taps.map(\.index) == Array(0..<9) || taps.map(\.index) == (0..<9).reversed())
  }

  private var isReversed: Bool { geometry.taps[0].index == 8 }
  private var tilesPerItem: Int { rowsPerItem * grid.columns }
  private var tileRows: Int { geometry.batch * grid.rows }
  private var perThread: Int {
    let blocks = (geometry.outputChannels + 31) / 32 * 2
    let places = places(tilesPerItem)
    return scheme.elements * (places.elementStride + blocks * places.blockStride)
  }

  private func places(_ count: Int) -> WinogradTiles {
    WinogradTiles(count, inputChannels: geometry.inputChannels)
  }

  var scratchCount: Int { perThread * threadCount }

  func halo(height: Int, width: Int) -> Halo {
    let (top, left) = (-geometry.taps[0].row, -geometry.taps[0].column)
    return Halo(
      top: max(0, top),
      left: max(0, left),
      bottom: max(0, grid.rows * scheme.side + 2 - top - height),
      right: max(0, grid.columns * scheme.side + 2 - left - width)
    )
  }

  func bind(input: Layout, output: Layout, scratch: Int) {
    let counts = Set([rowsPerItem, tileRows % rowsPerItem].filter { $0 > 0 })
    bound = Bound(
      input: input,
      output: output,
      scratch: scratch,
      offsets: Dictionary(
        uniqueKeysWithValues: counts.map { rows in
          let count = rows * grid.columns
          return (count, places(count).offsets)
        }
      )
    )
  }

  func pack(_ source: UnsafePointer<Float>, _ strides: KernelStrides, _ pool: ThreadPool) {
    let inputs = geometry.inputChannels
    let start = isReversed ? source + 8 * strides.tap : source
    let tap = isReversed ? -strides.tap : strides.tap
    pool.forEach((geometry.outputChannels + 15) / 16) { block, _ in
      guard let tile = tiles.last(where: { $0.firstChannel <= block * 16 }) else { return }
      withUnsafeTemporaryAllocation(of: Float.self, capacity: 144) { scratch in
        guard let scratch = scratch.baseAddress else { return }
        transforms.weights(
          start + block * 16 * strides.output,
          strides.output,
          strides.input,
          tap,
          min(16, geometry.outputChannels - block * 16),
          inputs,
          weights.pointer + tile.offset + (block * 16 - tile.firstChannel),
          WinogradWeights.elementStride(inputs, tile.channels),
          tile.channels,
          scratch
        )
      }
    }
  }

  func run(
    _ run: TrainingRun,
    bias: UnsafePointer<Float>?,
    clip: SQClip,
    accumulates: Bool
  ) {
    guard let bound else { return }
    let items = (tileRows + rowsPerItem - 1) / rowsPerItem
    run.pool.forEach(items) { item, thread in
      let rows = item * rowsPerItem..<min(tileRows, (item + 1) * rowsPerItem)
      let count = rows.count * grid.columns
      guard let offsets = bound.offsets[count] else { return }
      let transformed = run.memory + bound.scratch + thread * perThread
      transformInput(run, bound, rows, transformed)
      let places = places(count)
      let products = transformed + scheme.elements * places.elementStride
      multiply(offsets, count, transformed, products)
      for block in 0..<bound.output.planes {
        let elements = products + block * scheme.elements * places.blockStride
        finish(run, bound, block, rows, elements, bias, clip, accumulates)
      }
    }
  }

  /// Writes `[elements][I/16][tiles][16]` for some rows of tiles.
  private func transformInput(
    _ run: TrainingRun,
    _ bound: Bound,
    _ rows: Range<Int>,
    _ target: UnsafeMutablePointer<Float>
  ) {
    let input = bound.input
    let places = places(rows.count * grid.columns)
    for block in 0..<input.planes {
      for (position, row) in rows.enumerated() {
        let (image, tileRow) = (row / grid.rows, row % grid.rows)
        let first = geometry.taps[0].row + tileRow * scheme.side
        transforms.input(
          run.memory + input.row(image, block, first) + geometry.taps[0].column * 16,
          input.rowStride,
          target + block * places.blockStride + position * grid.columns * 16,
          places.elementStride,
          grid.columns
        )
      }
    }
  }

  /// Writes `[O/16][elements][tiles][16]`, element by element: an element's input stays in cache while
  /// all its weights pass once.
  private func multiply(
    _ offsets: AlignedBuffer<Int>,
    _ count: Int,
    _ transformed: UnsafePointer<Float>,
    _ products: UnsafeMutablePointer<Float>
  ) {
    let places = places(count)
    var arguments = SQConvolution(
      input: transformed,
      inputPixelStride: 16,
      inputRowStride: 0,
      offsets: offsets.pointer,
      depth: geometry.inputChannels,
      weights: weights.pointer,
      bias: zeros.pointer,
      output: products,
      outputPixelStride: 16,
      outputRowStride: 0,
      outputBlockStride: scheme.elements * places.blockStride,
      width: count,
      channels: 16,
      residual: .none,
      clip: .none
    )
    for element in 0..<scheme.elements {
      for tile in tiles {
        let size = WinogradWeights.elementStride(geometry.inputChannels, tile.channels)
        arguments.weights = UnsafePointer(weights.pointer + tile.offset + element * size)
        arguments.output =
          products + (tile.firstChannel / 16 * scheme.elements + element) * places.blockStride
        arguments.channels = tile.channels
        table.convolve(&arguments, 0, 1)
      }
      arguments.input += places.elementStride
    }
  }

  /// Transforms the products of one block of output channels into the output.
  private func finish(
    _ run: TrainingRun,
    _ bound: Bound,
    _ block: Int,
    _ rows: Range<Int>,
    _ products: UnsafePointer<Float>,
    _ bias: UnsafePointer<Float>?,
    _ clip: SQClip,
    _ accumulates: Bool
  ) {
    let output = bound.output
    let stride = places(rows.count * grid.columns).blockStride
    for (position, row) in rows.enumerated() {
      let (image, first) = (row / grid.rows, row % grid.rows * scheme.side)
      let target = run.memory + output.row(image, block, first)
      transforms.output(
        SQWinogradProducts(
          data: products + position * grid.columns * 16,
          elementStride: stride,
          tileStride: 16
        ),
        SQWinogradOutput(
          bias: (bias ?? UnsafePointer(zeros.pointer)) + block * 16,
          data: target,
          rowStride: output.rowStride,
          residual: SQResidual(
            data: accumulates ? UnsafePointer(target) : nil,
            rowStride: output.rowStride,
            blockStride: 0
          ),
          clip: clip
        ),
        min(scheme.side, geometry.rows - first),
        geometry.columns
      )
    }
  }
}
