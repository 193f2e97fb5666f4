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
  private let geometry: WindowGeometry
  private let weights: ConvolutionWeights
  private let table: KernelTable
  private let clip: SQClip
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
    let geometry = WindowGeometry(op, site)
    let channels = geometry.input[1]
    let isScattered = site.forms[0] == .scattered
    let isPlanar = !isScattered && (channels <= 4 || (channels < 16 && site.forms[0] != .blocked))
    let input: Demand =
      isScattered
      ? .scattered(geometry.halo)
      : isPlanar ? .padded(geometry.halo) : .blocked(geometry.halo)
    inputs = [input] + (site.addsResidual ? [.blocked] : [])
    weights = ConvolutionWeights(
      weights: site.parameters[0].scalars,
      bias: op.hasBias ? site.parameters[1].scalars : nil,
      inputChannels: channels,
      outputChannels: op.outputChannels,
      taps: geometry.taps,
      groups: op.groups,
      lanes: isPlanar || isScattered ? 1 : 16,
      widest: site.table.convolutionChannels
    )
    self.geometry = geometry
    table = site.table
    clip = site.clip
    threadCount = site.threadCount
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    let output = outputs[0].layout
    let residual = inputs.count > 1 ? inputs[1].layout : nil
    let input =
      self.inputs[0].form == .scattered
      ? TapTable(inputs[0].channels, geometry)
      : TapTable(inputs[0].layout, geometry, weights.extents)
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
        tiles: weights.tiles.count,
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
      let tile = weights.tiles[part.tile]
      let block = tile.firstChannel / 16
      var arguments = SQConvolution(
        input: run.memory + input.start(part.image, plane: tile.firstPlane),
        inputPixelStride: input.pixelStride,
        inputRowStride: input.rowStride,
        offsets: input.offsets(part.image, tile),
        depth: tile.depth,
        weights: weights.weights.pointer + tile.offset,
        bias: weights.bias.pointer + tile.firstChannel,
        output: run.memory + output.row(part.image, block),
        outputPixelStride: 16,
        outputRowStride: output.rowStride,
        outputBlockStride: output.planeStride,
        width: output.width,
        channels: tile.channels,
        residual: SQResidual(bound.residual, run, part.image, block),
        clip: clip
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
