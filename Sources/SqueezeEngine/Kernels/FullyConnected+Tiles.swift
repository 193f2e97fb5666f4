import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// A fully connected layer as a matrix product by register tiles; rows of the input are pixels.
///
/// Output features beyond a multiple of 16 go through scratch memory where rows follow each other
/// without room for them.
struct TiledFullyConnected: Kernel {
  let inputs = [Demand.planar]
  let outputs = [Form.planar]
  private let rows: Int
  private let features: Int
  private let outputFeatures: Int
  private let weights: ConvolutionWeights
  private let table: KernelTable
  private let clip: SQClip
  private let bands: Int
  private var place: (input: Int, output: Int, scratch: Int) = (0, 0, 0)

  static func accepts(_ op: FullyConnected, _ site: Site) -> Bool {
    site.isFloat && site.isInhabited
  }

  init(_ op: FullyConnected, _ site: Site) {
    let shape = site.inputs[0].shape
    features = shape[shape.rank - 1]
    rows = shape.count(before: shape.rank - 1)
    outputFeatures = op.outputFeatures
    weights = ConvolutionWeights(
      weights: site.parameters[0].scalars,
      bias: op.hasBias ? site.parameters[1].scalars : nil,
      inputChannels: features,
      outputChannels: outputFeatures,
      taps: 1,
      groups: 1,
      lanes: 1,
      widest: site.table.convolutionChannels
    )
    table = site.table
    clip = site.clip
    bands = max(1, min(rows / Self.rowsPerBand, site.threadCount * 4))
  }

  /// Fewer rows than this are not worth an item of work of their own.
  private static let rowsPerBand = 28

  /// Whether the last tile writes lanes beyond a row that is not the last.
  private var hasOverhang: Bool { rows > 1 && outputFeatures % 16 != 0 }

  var scratchCount: Int { hasOverhang ? ((rows + bands - 1) / bands) * 32 : 0 }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    place = (inputs[0].layout.origin, outputs[0].layout.origin, scratch)
  }

  func run(_ run: Run) {
    let stride = (scratchCount + 15) / 16 * 16
    run.pool.forEach(weights.tiles.count * bands) { item, thread in
      let tile = weights.tiles[item / bands]
      let band = item % bands
      let range = rows * band / bands..<rows * (band + 1) / bands
      let first = run.memory + place.output + range.lowerBound * outputFeatures
      let isWhole = !hasOverhang || tile.firstChannel + tile.channels <= outputFeatures
      let scratch = run.memory + place.scratch + thread * stride
      var arguments = SQProduct(
        input: run.memory + place.input + range.lowerBound * features,
        inputStride: features,
        depth: features,
        weights: weights.weights.pointer + tile.offset,
        bias: weights.bias.pointer + tile.firstChannel,
        output: isWhole ? first + tile.firstChannel : scratch,
        outputStride: isWhole ? outputFeatures : tile.channels,
        rows: range.count,
        columns: tile.channels,
        clip: clip
      )
      table.multiply(&arguments)
      guard !isWhole else { return }
      let count = min(tile.channels, outputFeatures - tile.firstChannel)
      for row in 0..<range.count {
        let target = first + row * outputFeatures + tile.firstChannel
        target.update(from: scratch + row * tile.channels, count: count)
      }
    }
  }
}
