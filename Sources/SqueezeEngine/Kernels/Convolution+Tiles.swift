import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// Convolution of any kernel size, stride, dilation and number of groups by register tiles.
///
/// Input of few channels is read map by map, scattered input channel by channel, other input in
/// blocks of 16 channels; each has a halo of zeros. Bias, residual and clip are applied before a tile
/// is written.
struct TiledConvolution: Kernel {
  let inputs: [Demand]
  let outputs = [Form.blocked]
  private let convolution: PackedConvolution
  private let table: KernelTable
  private let threadCount: Int
  private var bound: Bound?

  /// What is known once input and output have their places.
  private struct Bound {
    var input: TapTable
    var output: Layout
    var residual: Layout?
    var rows: PixelRows
    var isFlat: Bool
    var partition: RowPartition
  }

  static func accepts(_ op: Convolution, _ site: Site) -> Bool {
    site.prologue == nil && site.writesItsOutput && site.isFloat && site.isInhabited
      && WindowGeometry(op, site).hasModestHalo
  }

  init(_ op: Convolution, _ site: Site) {
    convolution = PackedConvolution(
      op,
      site,
      output: site.outputs[0].shape,
      usesHalfVectors: true
    )
    inputs = [convolution.demand] + (site.addsResidual ? [.blocked] : [])
    table = site.table
    threadCount = site.threadCount
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    let output = outputs[0].layout
    let residual = inputs.count > 1 ? inputs[1].layout : nil
    let geometry = convolution.geometry
    let input = convolution.taps(inputs[0])
    let isFlat =
      geometry.isPointwise && input.isFlat && output.hasAdjacentRows
      && residual?.hasAdjacentRows ?? true
    let rows =
      isFlat
      ? PixelRows(flattening: output.height * output.width)
      : PixelRows(rows: output.height, width: output.width)
    let rowBytes = isFlat ? geometry.input[1] * rows.width * 4 : input.bytesPerRow
    bound = Bound(
      input: input,
      output: output,
      residual: residual,
      rows: rows,
      isFlat: isFlat,
      partition: RowPartition(
        images: output.batch,
        rows: rows.count,
        tiles: convolution.weights.tiles.count,
        bytesPerRow: rowBytes * geometry.stride[0],
        threads: threadCount
      )
    )
  }

  func run(_ run: Run) {
    guard let bound else { return }
    let (input, output) = (bound.input, bound.output)
    run.pool.forEach(bound.partition.items) { item, _ in
      let part = bound.partition[item]
      let tile = convolution.weights.tiles[part.tile]
      let block = tile.firstChannel / 16
      var arguments = convolution.arguments(
        run,
        input,
        image: part.image,
        tile: tile,
        target: PackedConvolution.Target(
          data: run.memory + output.row(part.image, block),
          rowStride: output.rowStride,
          blockStride: output.planeStride
        ),
        residual: SQResidual(bound.residual, run, part.image, block)
      )
      guard bound.isFlat else {
        return table.convolve(&arguments, part.rows.lowerBound, part.rows.upperBound)
      }
      let pixels = bound.rows.pixels(of: part.rows)
      arguments.input += pixels.lowerBound * input.pixelStride
      arguments.output += pixels.lowerBound * 16
      arguments.residual.advance(by: pixels.lowerBound)
      arguments.width = pixels.count
      table.convolve(&arguments, 0, 1)
    }
  }
}
