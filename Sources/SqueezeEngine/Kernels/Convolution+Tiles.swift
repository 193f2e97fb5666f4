import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// Convolution of any kernel size, stride, dilation and number of groups by register tiles.
///
/// Input of few channels is read map by map, other input in blocks of 16 channels; either has a
/// halo of zeros. Bias and clip are applied before a tile is written.
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
    var input: Layout
    var output: Layout
    /// The offsets of all runs; a tile uses those of its planes, which come first.
    var offsets: AlignedBuffer<Int>
    var partition: RowPartition
  }

  static func accepts(_ op: Convolution, _ site: Site) -> Bool {
    site.isFloat && site.isInhabited && WindowGeometry(op, site).hasModestHalo
  }

  init(_ op: Convolution, _ site: Site) {
    let geometry = WindowGeometry(op, site)
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
    self.geometry = geometry
    tapsPerRun = isPlanar && geometry.dilation[1] == 1 ? geometry.kernel[1] : 1
    table = site.table
    clip = site.clip
    threadCount = site.threadCount
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    let (input, output) = (inputs[0].layout, outputs[0].layout)
    let taps = geometry.tapOffsets(input).enumerated().filter { $0.offset % tapsPerRun == 0 }
    let planes = weights.tiles.map { $0.fullPlanes + ($0.tailChannels > 0 ? 1 : 0) }.max() ?? 0
    let offsets = (0..<planes).flatMap { plane in
      taps.map { plane * input.planeStride + $0.element }
    }
    let partition = RowPartition(
      images: output.batch,
      rows: output.height,
      tiles: weights.tiles.count,
      bytesPerRow: input.planes * input.rowStride * geometry.stride[0] * 4,
      threads: threadCount
    )
    bound = Bound(
      input: input,
      output: output,
      offsets: AlignedBuffer(offsets),
      partition: partition
    )
  }

  func run(_ run: Run) {
    guard let bound else { return }
    let (input, output) = (bound.input, bound.output)
    let lanes = input.form == .blocked ? 16 : 1
    let start = geometry.firstTap(input)
    let runsPerPlane = geometry.taps / tapsPerRun
    run.pool.forEach(bound.partition.items) { item, _ in
      let part = bound.partition[item]
      let tile = weights.tiles[part.tile]
      var arguments = SQConvolution(
        input: run.memory + input.row(part.image, tile.firstPlane) + start,
        inputPixelStride: geometry.stride[1] * lanes,
        inputRowStride: geometry.stride[0] * input.rowStride,
        offsets: bound.offsets.pointer,
        runs: tile.fullPlanes * runsPerPlane,
        runLength: lanes * tapsPerRun,
        tailRuns: tile.tailChannels > 0 ? runsPerPlane : 0,
        tailLength: tile.tailChannels,
        weights: weights.weights.pointer + tile.offset,
        bias: weights.bias.pointer + tile.firstChannel,
        output: run.memory + output.row(part.image, tile.firstChannel / 16),
        outputPixelStride: 16,
        outputRowStride: output.rowStride,
        outputBlockStride: output.planeStride,
        width: output.width,
        channels: tile.channels,
        clip: clip
      )
      table.convolve(&arguments, part.rows.lowerBound, part.rows.upperBound)
    }
  }
}
