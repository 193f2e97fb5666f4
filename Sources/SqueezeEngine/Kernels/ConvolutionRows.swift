import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// A convolution that hands its rows to what follows instead of making a map of its own.
struct ConvolutionRows: Sendable {
  let demand: Demand
  let geometry: WindowGeometry
  let weights: ConvolutionWeights
  private let clip: SQClip
  private let table: KernelTable

  /// Prepares the convolution of a site for an output of some shape, which is not the site's.
  init(_ op: Convolution, _ site: Site, output: Shape) {
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
      widest: site.table.convolutionChannels
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

  /// Computes some rows of one tile of output channels.
  ///
  /// `target` is where row 0 would start; blocks of 16 channels lie `blockStride` apart.
  func compute(
    _ run: Run,
    _ input: TapTable,
    image: Int,
    tile: ConvolutionWeights.Tile,
    rows: Range<Int>,
    target: UnsafeMutablePointer<Float>,
    rowStride: Int,
    blockStride: Int
  ) {
    var arguments = SQConvolution(
      input: run.memory + input.start(image, plane: tile.firstPlane),
      inputPixelStride: input.pixelStride,
      inputRowStride: input.rowStride,
      offsets: input.offsets(image, tile),
      depth: tile.depth,
      weights: weights.weights.pointer + tile.offset,
      bias: weights.bias.pointer + tile.firstChannel,
      output: target,
      outputPixelStride: 16,
      outputRowStride: rowStride,
      outputBlockStride: blockStride,
      width: geometry.output[3],
      channels: tile.channels,
      residual: .none,
      clip: clip
    )
    table.convolve(&arguments, rows.lowerBound, rows.upperBound)
  }
}

/// Some rows of 32 channels in scratch memory that move down a map.
struct RowWindow {
  /// The floats from one row to the next.
  let rowStride: Int
  /// The rows there is room for.
  let capacity: Int
  private let memory: UnsafeMutablePointer<Float>
  /// The rows that are there.
  private(set) var rows = 0..<0

  init(_ memory: UnsafeMutablePointer<Float>, capacity: Int, rowStride: Int) {
    self.memory = memory
    self.capacity = capacity
    self.rowStride = rowStride
  }

  /// The floats for two blocks of 16 channels.
  static func count(capacity: Int, rowStride: Int) -> Int { 2 * capacity * rowStride }

  /// From one block of 16 channels to the next.
  var blockStride: Int { capacity * rowStride }

  /// Where row `row` starts, in the first block.
  func start(of row: Int) -> UnsafeMutablePointer<Float> {
    memory + (row - rows.lowerBound) * rowStride
  }

  /// Moves on to other rows, keeping those that are there already; returns those that are new.
  mutating func move(to needed: Range<Int>) -> Range<Int> {
    let kept = max(needed.lowerBound, rows.lowerBound)..<max(rows.upperBound, needed.lowerBound)
    if !kept.isEmpty, kept.lowerBound == needed.lowerBound, kept.lowerBound > rows.lowerBound {
      for block in 0..<2 {
        (memory + block * blockStride).update(
          from: start(of: kept.lowerBound) + block * blockStride,
          count: kept.count * rowStride
        )
      }
    }
    rows = needed
    return kept.lowerBound == needed.lowerBound
      ? min(kept.upperBound, needed.upperBound)..<needed.upperBound : needed
  }
}
