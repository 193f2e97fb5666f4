import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// Convolution with the max pooling after it: the map between them never leaves the cache.
///
/// Tile of output channels by tile, some rows of the convolution go into scratch memory and are pooled
/// from there; rows that the next windows share are kept.
struct PooledConvolution: Kernel {
  let inputs: [Demand]
  let outputs = [Form.blocked]
  private let geometry: WindowGeometry
  private let pooling: WindowGeometry
  private let weights: ConvolutionWeights
  private let table: KernelTable
  private let clips: (convolution: SQClip, pooling: SQClip)
  private let threadCount: Int
  private var bound: Bound?

  private struct Bound {
    var input: TapTable
    var output: Layout
    var scratch: Int
    var partition: RowPartition
  }

  static func accepts(_ op: Convolution, _ site: Site) -> Bool { site.pooling != nil }

  init(_ op: Convolution, _ site: Site) {
    let spec = site.pooling?.input ?? site.outputs[0]
    let window = site.pooling?.op.window ?? SlidingWindow(1)
    geometry = WindowGeometry(op.window, input: site.inputs[0].shape, output: spec.shape)
    pooling = WindowGeometry(window, input: spec.shape, output: site.outputs[0].shape)
    let channels = geometry.input[1]
    let isPlanar = channels <= 4 || (channels < 16 && site.forms[0] != .blocked)
    inputs = [isPlanar ? .padded(geometry.halo) : .blocked(geometry.halo)]
    weights = ConvolutionWeights(
      weights: site.parameters[0].scalars,
      bias: op.hasBias ? site.parameters[1].scalars : nil,
      inputChannels: channels,
      outputChannels: op.outputChannels,
      taps: geometry.taps,
      groups: op.groups,
      lanes: isPlanar ? 1 : 16,
      widest: site.table.convolutionChannels
    )
    table = site.table
    clips = (site.clip, site.pooling?.clip ?? .none)
    threadCount = site.threadCount
  }

  /// The pooled rows made at a time.
  private static let chunk = 4

  private var rowCount: Int { geometry.output[3] * 16 }
  /// The rows of the convolution that the windows of a chunk touch.
  private var rowsPerChunk: Int { (Self.chunk - 1) * pooling.stride[0] + pooling.kernel[0] }

  var scratchCount: Int { 2 * rowsPerChunk * rowCount }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    let input = TapTable(inputs[0].layout, geometry, weights.extents)
    let output = outputs[0].layout
    let partition = RowPartition(
      images: output.batch,
      rows: output.height,
      tiles: weights.tiles.count,
      rowsPerBand: output.height,
      threads: threadCount
    )
    bound = Bound(input: input, output: output, scratch: scratch, partition: partition)
  }

  func run(_ run: Run) {
    guard let bound else { return }
    let perThread = (scratchCount + 15) / 16 * 16
    run.pool.forEach(bound.partition.items) { item, thread in
      let part = bound.partition[item]
      let scratch = run.memory + bound.scratch + thread * perThread
      var held = 0..<0
      var row = part.rows.lowerBound
      while row < part.rows.upperBound {
        let chunk = row..<min(part.rows.upperBound, row + Self.chunk)
        let needed = rows(of: chunk)
        keep(held, needed, scratch)
        convolve(run, bound, part, max(needed.lowerBound, held.upperBound)..<needed.upperBound) {
          scratch - needed.lowerBound * rowCount
        }
        pool(run, bound, part, chunk, scratch - needed.lowerBound * rowCount)
        held = needed
        row = chunk.upperBound
      }
    }
  }

  /// The rows of the convolution under some pooled rows.
  private func rows(of pooled: Range<Int>) -> Range<Int> {
    let first = pooled.lowerBound * pooling.stride[0] - pooling.begin[0]
    let last = (pooled.upperBound - 1) * pooling.stride[0] - pooling.begin[0]
    return max(0, first)..<min(geometry.output[2], last + pooling.kernel[0])
  }

  /// Moves the rows that are needed again to the start of the scratch memory.
  private func keep(
    _ held: Range<Int>,
    _ needed: Range<Int>,
    _ scratch: UnsafeMutablePointer<Float>
  ) {
    let count = held.upperBound - needed.lowerBound
    guard count > 0, needed.lowerBound > held.lowerBound else { return }
    for block in 0..<2 {
      let start = scratch + block * rowsPerChunk * rowCount
      start.update(
        from: start + (needed.lowerBound - held.lowerBound) * rowCount,
        count: count * rowCount
      )
    }
  }

  /// Computes some rows; `target` is where row 0 would lie.
  private func convolve(
    _ run: Run,
    _ bound: Bound,
    _ part: RowPartition.Part,
    _ rows: Range<Int>,
    _ target: () -> UnsafeMutablePointer<Float>
  ) {
    let (input, tile) = (bound.input, weights.tiles[part.tile])
    var arguments = SQConvolution(
      input: run.memory + input.start(part.image, plane: tile.firstPlane),
      inputPixelStride: input.pixelStride,
      inputRowStride: input.rowStride,
      offsets: input.offsets(part.image, tile),
      depth: tile.depth,
      weights: weights.weights.pointer + tile.offset,
      bias: weights.bias.pointer + tile.firstChannel,
      output: target(),
      outputPixelStride: 16,
      outputRowStride: rowCount,
      outputBlockStride: rowsPerChunk * rowCount,
      width: geometry.output[3],
      channels: tile.channels,
      residual: .none,
      clip: clips.convolution
    )
    table.convolve(&arguments, rows.lowerBound, rows.upperBound)
  }

  private func pool(
    _ run: Run,
    _ bound: Bound,
    _ part: RowPartition.Part,
    _ rows: Range<Int>,
    _ source: UnsafeMutablePointer<Float>
  ) {
    let tile = weights.tiles[part.tile]
    let output = bound.output
    for block in 0..<min(tile.channels / 16, output.planes - tile.firstChannel / 16) {
      var arguments = SQPooling(
        input: source + block * rowsPerChunk * rowCount,
        inputRowStride: rowCount,
        inputHeight: geometry.output[2],
        inputWidth: geometry.output[3],
        output: run.memory + output.row(part.image, tile.firstChannel / 16 + block),
        outputRowStride: output.rowStride,
        outputWidth: output.width,
        kernelHeight: pooling.kernel[0],
        kernelWidth: pooling.kernel[1],
        strideHeight: pooling.stride[0],
        strideWidth: pooling.stride[1],
        dilationHeight: 1,
        dilationWidth: 1,
        paddingTop: pooling.begin[0],
        paddingLeft: pooling.begin[1],
        rowCounts: nil,
        columnCounts: nil,
        clip: clips.pooling
      )
      table.poolMaximum(&arguments, rows.lowerBound, rows.upperBound)
    }
  }
}
