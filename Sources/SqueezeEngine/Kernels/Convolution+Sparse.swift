import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// Pointwise convolution whose weights are mostly zero: only the others are multiplied.
///
/// A band of pixels is turned into one map per channel in scratch memory, so that one weight meets 16
/// neighbouring pixels at once, and 16 output channels at a time are turned back into blocks.
/// Source: Elsen et al., "Fast Sparse ConvNets" (2020), §3.1.
struct SparsePointwiseConvolution: Kernel {
  let inputs: [Demand]
  let outputs = [Form.blocked]
  private let channels: Int
  private let outputChannels: Int
  private let weights: SparseWeights
  private let bias: AlignedBuffer<Float>
  private let table: KernelTable
  private let clip: SQClip
  private let threadCount: Int
  /// The pixels of a band, a multiple of 16: also from channel to channel in scratch memory.
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
  }

  static func accepts(_ op: Convolution, _ site: Site) -> Bool {
    guard site.prologue == nil, site.writesItsOutput, site.isFloat, site.isInhabited,
      site.precision == .float32, op.groups == 1, !site.forms.contains(.scattered)
    else { return false }
    let geometry = WindowGeometry(op, site)
    return geometry.isPointwise
      && SparseEstimate.favours(
        density: site.density,
        inputs: geometry.input[1],
        outputs: op.outputChannels,
        pixels: geometry.output[2] * geometry.output[3]
      )
  }

  init(_ op: Convolution, _ site: Site) {
    let geometry = WindowGeometry(op, site)
    channels = geometry.input[1]
    outputChannels = op.outputChannels
    inputs = [.blocked] + (site.addsResidual ? [.blocked] : [])
    let pixels = geometry.output[2] * geometry.output[3]
    let fitting = max(16, Self.scratchBytes / (channels * 4) / 16 * 16)
    let bands = (pixels + fitting - 1) / fitting
    bandPixels = ((pixels + bands - 1) / bands + 15) / 16 * 16
    weights = SparseWeights(
      site.parameters[0].scalars,
      outputs: outputChannels,
      stride: bandPixels
    )
    bias = AlignedBuffer(count: (outputChannels + 15) / 16 * 16)
    if op.hasBias { bias.pointer.update(from: site.parameters[1].scalars, count: outputChannels) }
    table = site.table
    clip = site.clip
    threadCount = site.threadCount
  }

  /// One band of input, a part of a usual second-level cache.
  private static let scratchBytes = 192 * 1024

  /// Input and 16 channels of output.
  var scratchCount: Int { ((channels + 15) / 16 * 16 + 16) * bandPixels }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    let (input, output) = (inputs[0].layout, outputs[0].layout)
    let residual = inputs.count > 1 ? inputs[1].layout : nil
    let isFlat =
      input.hasAdjacentRows && output.hasAdjacentRows && residual?.hasAdjacentRows ?? true
    let rows =
      isFlat
      ? PixelRows(flattening: output.height * output.width)
      : PixelRows(rows: output.height, width: output.width)
    bound = Bound(
      input: input,
      output: output,
      residual: residual,
      rows: rows,
      isFlat: isFlat,
      partition: RowPartition(
        images: output.batch,
        rows: rows.count,
        tiles: 1,
        rowsPerBand: max(1, bandPixels / rows.width),
        threads: threadCount
      ),
      scratch: scratch
    )
  }

  func run(_ run: Run) {
    guard let bound else { return }
    let perThread = (scratchCount + 15) / 16 * 16
    run.pool.forEach(bound.partition.items) { item, thread in
      let part = bound.partition[item]
      let scratch = run.memory + bound.scratch + thread * perThread
      if bound.isFlat {
        let pixels = bound.rows.pixels(of: part.rows)
        multiply(run, bound, part.image, row: 0, pixels, scratch)
      } else {
        for row in part.rows {
          multiply(run, bound, part.image, row: row, 0..<bound.output.width, scratch)
        }
      }
    }
  }

  /// Computes neighbouring pixels of one row, as many as scratch memory holds at a time.
  private func multiply(
    _ run: Run,
    _ bound: Bound,
    _ image: Int,
    row: Int,
    _ pixels: Range<Int>,
    _ scratch: UnsafeMutablePointer<Float>
  ) {
    for first in stride(from: pixels.lowerBound, to: pixels.upperBound, by: bandPixels) {
      let band = first..<min(first + bandPixels, pixels.upperBound)
      for block in 0..<bound.input.planes {
        table.unpackBlock(
          layout(band, channels: bound.input.lanes(of: block)),
          run.memory + bound.input.row(image, block, row) + band.lowerBound * 16,
          scratch + block * 16 * bandPixels,
          1
        )
      }
      for block in 0..<bound.output.planes {
        multiply(run, bound, image, row, block, band, scratch)
      }
    }
  }

  private func layout(_ band: Range<Int>, channels: Int) -> SQLayout {
    SQLayout(
      planeStride: bandPixels,
      planarRowStride: bandPixels,
      blockedRowStride: band.count * 16,
      channels: channels,
      width: band.count
    )
  }

  /// Computes one block of output channels.
  private func multiply(
    _ run: Run,
    _ bound: Bound,
    _ image: Int,
    _ row: Int,
    _ block: Int,
    _ band: Range<Int>,
    _ scratch: UnsafeMutablePointer<Float>
  ) {
    let products = scratch + (channels + 15) / 16 * 16 * bandPixels
    let lanes = min(16, outputChannels - block * 16)
    let residual = SQResidual(bound.residual, run, image, block)
    var arguments = SQSparseProduct(
      input: scratch,
      offsets: weights.offsets.pointer,
      weights: weights.weights.pointer,
      starts: weights.starts.pointer + block * 16,
      rows: lanes,
      bias: bias.pointer + block * 16,
      output: products,
      outputStride: bandPixels,
      vectors: (band.count + 15) / 16,
      clip: residual.data == nil ? clip : .none
    )
    table.multiplySparse(&arguments)
    let target = run.memory + bound.output.row(image, block, row) + band.lowerBound * 16
    table.packBlock(layout(band, channels: lanes), products, target, 1)
    if let data = residual.data {
      let added = data + row * residual.rowStride + band.lowerBound * 16
      table.applyBinary(SQBinaryAdd, clip, target, added, 16, target, band.count * 16)
    }
  }
}
