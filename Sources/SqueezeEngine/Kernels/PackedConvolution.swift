import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// A convolution with its weights packed, ready to compute rows of a tile of channels into any memory.
struct PackedConvolution: Sendable {
  let demand: Demand
  let geometry: WindowGeometry
  let weights: ConvolutionWeights
  private let clip: SQClip
  private let table: KernelTable

  /// Where rows of one tile go: `data` is where row 0 would start, blocks of 16 channels lie
  /// `blockStride` apart.
  struct Target {
    var data: UnsafeMutablePointer<Float>
    var rowStride: Int
    var blockStride: Int
  }

  /// Packs the convolution of a site; its own output has a shape that may not be the site's.
  init(_ op: Convolution, _ site: Site, output: Shape, usesHalfVectors: Bool = false) {
    geometry = WindowGeometry(op.window, input: site.inputs[0].shape, output: output)
    let channels = geometry.input[1]
    let isScattered = site.forms[0] == .scattered
    let isPlanar = !isScattered && (channels <= 4 || (channels < 16 && site.forms[0] != .blocked))
    demand =
      isScattered
      ? .scattered(geometry.halo)
      : isPlanar ? .padded(geometry.halo) : .blocked(geometry.halo)
    weights = ConvolutionWeights(
      weights: site.parameters[0].scalars,
      bias: op.hasBias ? site.parameters[1].scalars : nil,
      inputChannels: channels,
      outputChannels: op.outputChannels,
      taps: geometry.taps,
      groups: op.groups,
      lanes: isPlanar || isScattered ? 1 : 16,
      widest: site.table.convolutionChannels,
      usesHalfVectors: usesHalfVectors
    )
    clip = site.clip
    table = site.table
  }

  /// Where the taps lie in the input's place.
  func taps(_ place: Place) -> TapTable {
    demand.form == .scattered
      ? TapTable(place.channels, geometry)
      : TapTable(place.layout, geometry, weights.extents)
  }

  /// What a kernel needs to know to compute one tile of output channels.
  func arguments(
    _ run: Run,
    _ input: TapTable,
    image: Int,
    tile: ConvolutionWeights.Tile,
    target: Target,
    residual: SQResidual = .none
  ) -> SQConvolution {
    SQConvolution(
      input: run.memory + input.start(image, plane: tile.firstPlane),
      inputPixelStride: input.pixelStride,
      inputRowStride: input.rowStride,
      offsets: input.offsets(image, tile),
      depth: tile.depth,
      weights: weights.weights.pointer + tile.offset,
      bias: weights.bias.pointer + tile.firstChannel,
      output: target.data,
      outputPixelStride: 16,
      outputRowStride: target.rowStride,
      outputBlockStride: target.blockStride,
      width: geometry.output[3],
      channels: tile.channels,
      residual: residual,
      clip: clip
    )
  }

  /// Computes some rows of one tile of output channels.
  func compute(
    _ run: Run,
    _ input: TapTable,
    image: Int,
    tile: ConvolutionWeights.Tile,
    rows: Range<Int>,
    target: Target
  ) {
    var arguments = arguments(run, input, image: image, tile: tile, target: target)
    table.convolve(&arguments, rows.lowerBound, rows.upperBound)
  }
}
