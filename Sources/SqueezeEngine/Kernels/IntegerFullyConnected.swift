import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// A fully connected layer of bytes; the rows of the input are the pixels of one row.
///
/// Input in blocks of 16 features stays so; other input is read in its own order.
struct IntegerFullyConnected: Kernel {
  let inputs: [Demand]
  let outputs: [Form]
  private let weights: IntegerWeights
  private let packed: DotWeights
  private let features: Int
  private let table: NarrowKernelTable
  private let requantization: Requantization
  private var bound: (input: Layout, output: Layout, offsets: AlignedBuffer<Int>)?

  static func accepts(_ op: Quantized<FullyConnected>, _ site: Site) -> Bool {
    site.isInhabited && site.inputs[0].shape.rank == 2 && op.addition == nil
      && op.weightGrid != nil
  }

  init(_ op: Quantized<FullyConnected>, _ site: Site) {
    let weights = IntegerWeights(op, site.parameters)
    features = site.inputs[0].shape[1]
    let isBlocked = site.forms[0].isBlocked
    packed = DotWeights(
      weights.bits,
      inputChannels: isBlocked ? features : 1,
      outputChannels: op.real.outputFeatures,
      taps: isBlocked ? 1 : features,
      groups: 1,
      input: isBlocked ? .blocks : .maps(runLength: features),
      perWord: 4,
      widest: site.table.convolutionChannels
    )
    self.weights = weights
    let zero = op.inputGrids[0].byteZero
    inputs = [Demand(form: isBlocked ? .blockedBytes(zero) : .planarBytes(zero))]
    outputs = [.blockedBytes(op.outputGrid.byteZero)]
    table = site.table.narrow
    requantization = Requantization(op)
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    let input = inputs[0].layout
    let planes = (features + 15) / 16
    let offsets = input.form.isBlocked ? (0..<planes).map { $0 * input.planeStride } : [0]
    bound = (input, outputs[0].layout, AlignedBuffer(offsets))
  }

  func run(_ run: Run) {
    guard let (input, output, offsets) = bound else { return }
    run.pool.forEach(packed.tiles.count) { item, _ in
      let tile = packed.tiles[item]
      var arguments = SQDotConvolution(
        input: run.bytes + input.row(0, 0),
        offsets: offsets.pointer,
        weights: packed.words.pointer + tile.offset,
        bias: weights.bias.pointer + tile.firstChannel,
        output: run.bytes + output.row(0, tile.firstChannel / 16),
        channels: tile.channels
      )
      arguments.inputPixelStride = input.imageStride
      arguments.runs = tile.fullPlanes
      arguments.runLength = input.form.isBlocked ? 4 : (features + 3) / 4
      arguments.tailRuns = tile.tailWords > 0 ? 1 : 0
      arguments.tailLength = tile.tailWords
      arguments.outputPixelStride = output.imageStride
      arguments.outputBlockStride = output.planeStride
      arguments.width = output.batch
      arguments.scales = UnsafePointer(weights.scales.pointer + tile.firstChannel)
      requantization.apply(to: &arguments)
      table.convolveBytes(&arguments, 0, 1)
    }
  }
}
