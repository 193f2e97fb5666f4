import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// Convolution with the depthwise convolution after it: the wide map between them never leaves the
/// cache.
///
/// Inverted residuals (Sandler et al., "MobileNetV2" (2018), §3.3) widen a map only to filter it
/// channel by channel. Tile of channels by tile, some rows of the first convolution go into scratch
/// memory with zeros around them and are filtered from there.
struct HandedDepthwiseConvolution: Kernel {
  let inputs: [Demand]
  let outputs = [Form.blocked]
  private let convolution: PackedConvolution
  private let depthwise: WindowGeometry
  private let weights: DepthwiseWeights
  /// Where the taps of a pixel lie in scratch memory.
  private let offsets: AlignedBuffer<Int>
  private let table: KernelTable
  private let clip: SQClip
  private let threadCount: Int
  private var bound: Bound?

  private struct Bound {
    var input: TapTable
    var output: Layout
    var scratch: Int
    var partition: RowPartition
  }

  static func accepts(_ op: Convolution, _ site: Site) -> Bool { site.depthwise != nil }

  init(_ op: Convolution, _ site: Site) {
    let next = site.depthwise
    let shape = next?.input.shape ?? site.outputs[0].shape
    convolution = PackedConvolution(op, site, output: shape)
    depthwise = WindowGeometry(
      next?.op.window ?? SlidingWindow(1),
      input: shape,
      output: site.outputs[0].shape
    )
    weights = DepthwiseWeights(next?.op ?? op, next?.parameters ?? [], taps: depthwise.taps)
    inputs = [convolution.demand]
    let rowStride = (depthwise.halo.left + depthwise.input[3] + depthwise.halo.right) * 16
    offsets = AlignedBuffer(depthwise.tapOffsets(rowStride: rowStride, lanes: 16))
    table = site.table
    clip = next?.clip ?? .none
    threadCount = site.threadCount
  }

  /// The filtered rows made at a time: more would leave the cache, fewer copy the rows between them more often.
  private static let chunk = 8

  private var rowStride: Int {
    (depthwise.halo.left + depthwise.input[3] + depthwise.halo.right) * 16
  }
  private var capacity: Int {
    (Self.chunk - 1) * depthwise.stride[0] + (depthwise.kernel[0] - 1) * depthwise.dilation[0] + 1
  }

  var scratchCount: Int { RowWindow.count(capacity: capacity, rowStride: rowStride) }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    let output = outputs[0].layout
    bound = Bound(
      input: convolution.taps(inputs[0]),
      output: output,
      scratch: scratch,
      partition: RowPartition(
        images: output.batch,
        rows: output.height,
        tiles: convolution.weights.tiles.count,
        rowsPerBand: output.height,
        threads: threadCount
      )
    )
  }

  func run(_ run: Run) {
    guard let bound else { return }
    let perThread = (scratchCount + 15) / 16 * 16
    run.pool.forEach(bound.partition.items) { item, thread in
      let part = bound.partition[item]
      let tile = convolution.weights.tiles[part.tile]
      let memory = run.memory + bound.scratch + thread * perThread
      memory.update(repeating: 0, count: scratchCount)
      var window = RowWindow(memory, capacity: capacity, rowStride: rowStride)
      var row = part.rows.lowerBound
      while row < part.rows.upperBound {
        let chunk = row..<min(part.rows.upperBound, row + Self.chunk)
        fill(run, bound.input, part.image, tile, window.move(to: rows(of: chunk)), window)
        filter(run, bound.output, part.image, tile, chunk, window)
        row = chunk.upperBound
      }
    }
  }

  /// The rows under some filtered rows, those above and below the map included.
  private func rows(of filtered: Range<Int>) -> Range<Int> {
    let first = filtered.lowerBound * depthwise.stride[0] - depthwise.begin[0]
    let last = (filtered.upperBound - 1) * depthwise.stride[0] - depthwise.begin[0]
    return first..<last + (depthwise.kernel[0] - 1) * depthwise.dilation[0] + 1
  }

  /// Computes the rows that lie in the map and clears the others.
  private func fill(
    _ run: Run,
    _ input: TapTable,
    _ image: Int,
    _ tile: ConvolutionWeights.Tile,
    _ rows: Range<Int>,
    _ window: RowWindow
  ) {
    let inside = rows.clamped(to: 0..<depthwise.input[2])
    for row in rows where !inside.contains(row) {
      for block in 0..<tile.channels / 16 {
        (window.start(of: row) + block * window.blockStride)
          .update(repeating: 0, count: rowStride)
      }
    }
    guard !inside.isEmpty else { return }
    convolution.compute(
      run,
      input,
      image: image,
      tile: tile,
      rows: inside,
      target: window.target(column: depthwise.halo.left)
    )
  }

  private func filter(
    _ run: Run,
    _ output: Layout,
    _ image: Int,
    _ tile: ConvolutionWeights.Tile,
    _ rows: Range<Int>,
    _ window: RowWindow
  ) {
    let first = depthwise.firstTap(rowStride: rowStride, lanes: 16) + depthwise.halo.left * 16
    for block in 0..<min(tile.channels / 16, output.planes - tile.firstChannel / 16) {
      let plane = tile.firstChannel / 16 + block
      var arguments = SQDepthwise(
        input: window.start(of: 0) + block * window.blockStride + first,
        inputPixelStride: depthwise.stride[1] * 16,
        inputRowStride: depthwise.stride[0] * rowStride,
        offsets: offsets.pointer,
        taps: depthwise.taps,
        weights: weights.weights.pointer + plane * depthwise.taps * 16,
        bias: weights.bias.pointer + plane * 16,
        output: run.memory + output.row(image, plane),
        outputPixelStride: 16,
        outputRowStride: output.rowStride,
        width: output.width,
        residual: nil,
        clip: clip
      )
      table.convolveDepthwise(&arguments, rows.lowerBound, rows.upperBound)
    }
  }
}
