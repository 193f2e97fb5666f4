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
  /// How many neighbouring taps one run of inputs covers: a row of the kernel in planar input.
  private let tapsPerRun: Int
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
    site.prologue == nil && site.isFloat && site.isInhabited
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
    tapsPerRun = isPlanar && geometry.dilation[1] == 1 ? geometry.kernel[1] : 1
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
      : TapTable(inputs[0].layout, geometry, tapsPerRun: tapsPerRun, planes: weights.mostPlanes)
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
        offsets: input.offsets(part.image, plane: tile.firstPlane),
        runs: tile.fullPlanes * input.runsPerPlane,
        runLength: input.runLength,
        tailRuns: tile.tailChannels > 0 ? input.runsPerPlane : 0,
        tailLength: tile.tailChannels,
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

/// Where a convolution finds the taps of a pixel in one form of input.
struct TapTable: Sendable {
  let pixelStride: Int
  let rowStride: Int
  /// The runs of inputs of one plane, a plane being a block, a map or a scattered channel.
  let runsPerPlane: Int
  let runLength: Int
  /// The bytes that one more row of input brings.
  let bytesPerRow: Int
  /// Whether rows follow each other without a gap.
  let isFlat: Bool
  private let layout: Layout?
  private let firstTap: Int
  private let table: AlignedBuffer<Int>
  /// How many offsets each image and each plane has of its own.
  private let perImage: Int
  private let perPlane: Int

  /// The taps in planar or blocked input; the offsets are those of the first `planes` planes.
  init(_ layout: Layout, _ geometry: WindowGeometry, tapsPerRun: Int, planes: Int) {
    let lanes = layout.form == .blocked ? 16 : 1
    let taps = geometry.tapOffsets(layout).enumerated().filter { $0.offset % tapsPerRun == 0 }
    table = AlignedBuffer(
      (0..<planes).flatMap { plane in taps.map { plane * layout.planeStride + $0.element } }
    )
    pixelStride = geometry.stride[1] * lanes
    rowStride = geometry.stride[0] * layout.rowStride
    runsPerPlane = geometry.taps / tapsPerRun
    runLength = lanes * tapsPerRun
    bytesPerRow = layout.planes * layout.rowStride * 4
    isFlat = layout.hasAdjacentRows
    self.layout = layout
    firstTap = geometry.firstTap(layout)
    (perImage, perPlane) = (0, 0)
  }

  /// The taps in scattered input, one offset for each channel and tap.
  init(_ layout: ScatteredLayout, _ geometry: WindowGeometry) {
    let taps = geometry.tapOffsets(rowStride: layout.rowStride, lanes: 16)
    table = AlignedBuffer(
      layout.origins.flatMap { $0.flatMap { start in taps.map { start + $0 } } }
    )
    pixelStride = geometry.stride[1] * 16
    rowStride = geometry.stride[0] * layout.rowStride
    runsPerPlane = geometry.taps
    runLength = 1
    bytesPerRow = layout.origins[0].count * layout.rowStride / 4
    isFlat = layout.rowStride == layout.width * 16
    self.layout = nil
    firstTap = geometry.firstTap(rowStride: layout.rowStride, lanes: 16)
    (perImage, perPlane) = (layout.origins[0].count * taps.count, taps.count)
  }

  /// The first tap of output pixel (0, 0), from where offsets count.
  func start(_ image: Int, plane: Int) -> Int { firstTap + (layout?.row(image, plane) ?? 0) }

  /// The offsets of all runs, from a plane on.
  func offsets(_ image: Int, plane: Int) -> UnsafePointer<Int> {
    UnsafePointer(table.pointer + image * perImage + plane * perPlane)
  }
}

extension SQResidual {
  static var none: SQResidual { SQResidual(data: nil, rowStride: 0, blockStride: 0) }

  /// The residual of output blocks from `block` on.
  init(_ layout: Layout?, _ run: Run, _ image: Int, _ block: Int) {
    guard let layout else {
      self = .none
      return
    }
    self.init(
      data: UnsafePointer(run.memory + layout.row(image, block)),
      rowStride: layout.rowStride,
      blockStride: layout.planeStride
    )
  }

  /// Starts some pixels later.
  mutating func advance(by pixels: Int) { data = data.map { $0 + pixels * 16 } }
}
