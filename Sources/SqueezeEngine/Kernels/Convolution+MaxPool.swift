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
  private let convolution: ConvolutionRows
  private let pooling: WindowGeometry
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

  static func accepts(_ op: Convolution, _ site: Site) -> Bool { site.pooling != nil }

  init(_ op: Convolution, _ site: Site) {
    let shape = site.pooling?.input.shape ?? site.outputs[0].shape
    let window = site.pooling?.op.window ?? SlidingWindow(1)
    convolution = ConvolutionRows(op, site, output: shape)
    pooling = WindowGeometry(window, input: shape, output: site.outputs[0].shape)
    inputs = [convolution.demand]
    table = site.table
    clip = site.pooling?.clip ?? .none
    threadCount = site.threadCount
  }

  /// The pooled rows made at a time.
  private static let chunk = 4

  private var rowStride: Int { pooling.input[3] * 16 }
  /// The rows of the convolution that the windows of a chunk touch.
  private var capacity: Int { (Self.chunk - 1) * pooling.stride[0] + pooling.kernel[0] }

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
      var window = RowWindow(
        run.memory + bound.scratch + thread * perThread,
        capacity: capacity,
        rowStride: rowStride
      )
      var row = part.rows.lowerBound
      while row < part.rows.upperBound {
        let chunk = row..<min(part.rows.upperBound, row + Self.chunk)
        let new = window.move(to: rows(of: chunk))
        convolution.compute(
          run,
          bound.input,
          image: part.image,
          tile: tile,
          rows: new,
          target: window.start(of: 0),
          rowStride: rowStride,
          blockStride: window.blockStride
        )
        pool(run, bound.output, part.image, tile, chunk, window)
        row = chunk.upperBound
      }
    }
  }

  /// The rows of the convolution under some pooled rows.
  private func rows(of pooled: Range<Int>) -> Range<Int> {
    let first = pooled.lowerBound * pooling.stride[0] - pooling.begin[0]
    let last = (pooled.upperBound - 1) * pooling.stride[0] - pooling.begin[0]
    return max(0, first)..<min(pooling.input[2], last + pooling.kernel[0])
  }

  private func pool(
    _ run: Run,
    _ output: Layout,
    _ image: Int,
    _ tile: ConvolutionWeights.Tile,
    _ rows: Range<Int>,
    _ window: RowWindow
  ) {
    for block in 0..<min(tile.channels / 16, output.planes - tile.firstChannel / 16) {
      var arguments = SQPooling(
        input: window.start(of: 0) + block * window.blockStride,
        inputRowStride: rowStride,
        inputHeight: pooling.input[2],
        inputWidth: pooling.input[3],
        output: run.memory + output.row(image, tile.firstChannel / 16 + block),
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
        clip: clip
      )
      table.poolMaximum(&arguments, rows.lowerBound, rows.upperBound)
    }
  }
}
