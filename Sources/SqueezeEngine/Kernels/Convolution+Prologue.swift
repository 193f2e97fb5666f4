import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// Pointwise convolution that normalizes and clips its input as it reads it.
///
/// The pixels of a band go through the prologue once, into scratch memory that stays in cache while
/// all tiles of output channels read it.
struct PrologueConvolution: Kernel {
  let inputs: [Demand]
  let outputs = [Form.blocked]
  private let weights: ConvolutionWeights
  private let channels: Int
  /// For each block 16 slopes, 16 slopes of negative numbers and 16 offsets.
  private let formulas: AlignedBuffer<Float>
  private let inputClip: SQClip
  private let clip: SQClip
  private let table: KernelTable
  private let threadCount: Int
  private let bandPixels: Int
  private var bound: Bound?

  private struct Bound {
    var input: Layout
    var output: Layout
    var residual: Layout?
    var rows: PixelRows
    var isFlat: Bool
    var partition: RowPartition
    var scratch: Int
    var offsets: AlignedBuffer<Int>
  }

  static func accepts(_ op: Convolution, _ site: Site) -> Bool {
    site.prologue != nil && site.writesItsOutput && site.isFloat && site.isInhabited
  }

  init(_ op: Convolution, _ site: Site) {
    let geometry = WindowGeometry(op, site)
    channels = geometry.input[1]
    inputs = [.blocked] + (site.addsResidual ? [.blocked] : [])
    weights = ConvolutionWeights(
      weights: site.parameters[0].scalars,
      bias: op.hasBias ? site.parameters[1].scalars : nil,
      inputChannels: channels,
      outputChannels: op.outputChannels,
      taps: 1,
      groups: 1,
      lanes: 16,
      widest: site.table.convolutionChannels
    )
    formulas = site.prologue?.formula.packed() ?? AlignedBuffer(count: (channels + 15) / 16 * 48)
    inputClip = site.prologue?.clip ?? .none
    clip = site.clip
    table = site.table
    threadCount = site.threadCount
    let fitting = Self.scratchBytes / ((channels + 15) / 16 * 64)
    bandPixels = max(geometry.output[3], 28, min(fitting, geometry.output[2] * geometry.output[3]))
  }

  /// Normalized input for one band, a part of a usual second-level cache.
  private static let scratchBytes = 192 * 1024

  var scratchCount: Int { (channels + 15) / 16 * 16 * bandPixels }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    let (input, output) = (inputs[0].layout, outputs[0].layout)
    let residual = inputs.count > 1 ? inputs[1].layout : nil
    let isFlat =
      input.hasAdjacentRows && output.hasAdjacentRows && residual?.hasAdjacentRows ?? true
    let rows =
      isFlat
      ? PixelRows(flattening: output.height * output.width)
      : PixelRows(rows: output.height, width: output.width)
    let partition = RowPartition(
      images: output.batch,
      rows: rows.count,
      tiles: 1,
      rowsPerBand: bandPixels / rows.width,
      threads: threadCount
    )
    bound = Bound(
      input: input,
      output: output,
      residual: residual,
      rows: rows,
      isFlat: isFlat,
      partition: partition,
      scratch: scratch,
      offsets: AlignedBuffer((0..<channels).map { $0 / 16 * bandPixels * 16 + $0 % 16 })
    )
  }

  func run(_ run: Run) {
    guard let bound else { return }
    let perThread = (scratchCount + 15) / 16 * 16
    run.pool.forEach(bound.partition.items) { item, thread in
      let part = bound.partition[item]
      let scratch = run.memory + bound.scratch + thread * perThread
      let rows = bound.isFlat ? 0..<1 : part.rows
      let pixels = bound.isFlat ? bound.rows.pixels(of: part.rows) : 0..<bound.output.width
      normalize(run, bound, part.image, rows, pixels, scratch)
      for tile in weights.tiles {
        multiply(run, bound, tile, part.image, rows, pixels, scratch)
      }
    }
  }

  /// Writes `[I/16][rows · pixels][16]`, the room of a block being `bandPixels`.
  private func normalize(
    _ run: Run,
    _ bound: Bound,
    _ image: Int,
    _ rows: Range<Int>,
    _ pixels: Range<Int>,
    _ scratch: UnsafeMutablePointer<Float>
  ) {
    for block in 0..<bound.input.planes {
      let formula = formulas.pointer + block * 48
      var target = scratch + block * bandPixels * 16
      for row in rows {
        table.applyChannels(
          formula,
          formula + 16,
          formula + 32,
          inputClip,
          run.memory + bound.input.row(image, block, row) + pixels.lowerBound * 16,
          target,
          pixels.count
        )
        target += pixels.count * 16
      }
    }
  }

  private func multiply(
    _ run: Run,
    _ bound: Bound,
    _ tile: ConvolutionWeights.Tile,
    _ image: Int,
    _ rows: Range<Int>,
    _ pixels: Range<Int>,
    _ scratch: UnsafeMutablePointer<Float>
  ) {
    let block = tile.firstChannel / 16
    let output = bound.output
    var residual = SQResidual(bound.residual, run, image, block)
    residual.advance(by: pixels.lowerBound + rows.lowerBound * residual.rowStride / 16)
    var arguments = SQConvolution(
      input: scratch,
      inputPixelStride: 16,
      inputRowStride: pixels.count * 16,
      offsets: bound.offsets.pointer,
      depth: tile.depth,
      weights: weights.weights.pointer + tile.offset,
      bias: weights.bias.pointer + tile.firstChannel,
      output: run.memory + output.row(image, block, rows.lowerBound) + pixels.lowerBound * 16,
      outputPixelStride: 16,
      outputRowStride: output.rowStride,
      outputBlockStride: output.planeStride,
      width: pixels.count,
      channels: tile.channels,
      residual: residual,
      clip: clip
    )
    table.convolve(&arguments, 0, rows.count)
  }
}
