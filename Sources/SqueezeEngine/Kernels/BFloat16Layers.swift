import CSqueezeKernels
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// A fully connected layer of bfloat16 on blocks of 16 features; the rows of the input are pixels.
struct BFloat16FullyConnected: Kernel {
  let inputs = [Demand(form: .blockedBFloat16)]
  let outputs = [Form.blockedBFloat16]
  private let weights: DotWeights
  private let bias: AlignedBuffer<Float>
  private let features: Int
  private let clip: SQClip
  private let table: NarrowKernelTable
  private var bound: (input: Layout, output: Layout, offsets: AlignedBuffer<Int>)?

  static func accepts(_ op: FullyConnected, _ site: Site) -> Bool {
    site.usesBFloat16 && site.inputs[0].shape.rank == 2 && site.inputs[0].shape[1] % 2 == 0
  }

  init(_ op: FullyConnected, _ site: Site) {
    features = site.inputs[0].shape[1]
    weights = DotWeights(
      site.parameters[0].scalars.bfloat16Bits,
      inputChannels: features,
      outputChannels: op.outputFeatures,
      taps: 1,
      groups: 1,
      input: .blocks,
      perWord: 2,
      widest: site.table.convolutionChannels
    )
    bias = AlignedBuffer(count: (op.outputFeatures + 31) / 32 * 32)
    if op.hasBias {
      bias.pointer.update(from: site.parameters[1].scalars, count: op.outputFeatures)
    }
    clip = site.clip
    table = site.table.narrow
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    let input = inputs[0].layout
    let offsets = (0..<(features + 15) / 16).map { $0 * input.planeStride * 2 }
    bound = (input, outputs[0].layout, AlignedBuffer(offsets))
  }

  func run(_ run: Run) {
    guard let (input, output, offsets) = bound else { return }
    run.pool.forEach(weights.tiles.count) { item, _ in
      let tile = weights.tiles[item]
      var arguments = SQDotConvolution(
        input: run.bytes + input.row(0, 0) * 2,
        offsets: offsets.pointer,
        weights: weights.words.pointer + tile.offset,
        bias: bias.pointer + tile.firstChannel,
        output: run.bytes + output.row(0, tile.firstChannel / 16) * 2,
        channels: tile.channels
      )
      arguments.inputPixelStride = input.imageStride * 2
      arguments.runs = tile.fullPlanes
      arguments.runLength = 8
      arguments.tailRuns = tile.tailWords > 0 ? 1 : 0
      arguments.tailLength = tile.tailWords
      arguments.outputPixelStride = output.imageStride * 2
      arguments.outputBlockStride = output.planeStride * 2
      arguments.width = output.batch
      arguments.clip = clip
      table.convolveBFloat16(&arguments, 0, 1)
    }
  }
}

/// Max pooling of bfloat16.
struct BFloat16MaxPool: Kernel {
  let inputs = [Demand(form: .blockedBFloat16)]
  let outputs = [Form.blockedBFloat16]
  private var pooling: NarrowPooling
  private var bound: NarrowPooling.Bound?

  static func accepts(_ op: MaxPool, _ site: Site) -> Bool {
    site.usesBFloat16 && site.forms[0] == .blockedBFloat16
  }

  init(_ op: MaxPool, _ site: Site) {
    pooling = NarrowPooling(op.window, site, kernel: site.table.narrow.poolMaximumBFloat16)
    pooling.clip = site.clip
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    bound = pooling.bound(inputs[0].layout, outputs[0].layout)
  }

  func run(_ run: Run) {
    if let bound { pooling.run(run, bound) }
  }
}

/// Averages of bfloat16, the sums floats.
struct BFloat16Average<Op: AveragingOperator>: Kernel {
  let inputs = [Demand(form: .blockedBFloat16)]
  let outputs = [Form.blockedBFloat16]
  private var pooling: NarrowPooling
  private var bound: NarrowPooling.Bound?

  static var title: String { "BFloat16Average" }

  static func accepts(_ op: Op, _ site: Site) -> Bool {
    let rank = site.inputs[0].shape.rank
    return site.usesBFloat16 && (rank == 3 || rank == 4) && site.forms[0] == .blockedBFloat16
  }

  init(_ op: Op, _ site: Site) {
    pooling = op.pooling(site, kernel: site.table.narrow.poolAverageBFloat16)
    pooling.clip = site.clip
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    bound = pooling.bound(inputs[0].layout, outputs[0].layout)
  }

  func run(_ run: Run) {
    if let bound { pooling.run(run, bound) }
  }
}

/// Concatenation of channels in blocks of 16 bfloat16, each input starting a new block.
struct BFloat16Concatenation: Kernel {
  let inputs: [Demand]
  let outputs = [Form.blockedBFloat16]
  let slots: [Int?]
  private let offsets: [Int]
  private var copies: [(from: Layout, to: Layout)] = []

  static func accepts(_ op: Concatenate, _ site: Site) -> Bool {
    let rank = site.outputs[0].shape.rank
    return site.usesBFloat16 && (rank == 3 || rank == 4)
      && (op.axis == 1 || op.axis == 1 - rank)
      && site.forms.contains(.blockedBFloat16) && !site.isReadAsFloats
      && offsets(site).allSatisfy { $0 % 16 == 0 }
  }

  private static func offsets(_ site: Site) -> [Int] {
    var next = 0
    return site.inputs.map { input in
      defer { next += input.shape[1] }
      return next
    }
  }

  init(_ op: Concatenate, _ site: Site) {
    inputs = site.inputs.map { _ in Demand(form: .blockedBFloat16) }
    offsets = Self.offsets(site)
    slots = offsets
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    let output = outputs[0].layout
    copies = zip(inputs, offsets).compactMap { input, offset in
      let from = input.layout
      let to = output.slice(channels: offset..<offset + from.channels)
      return from.origin == to.origin ? nil : (from, to)
    }
  }

  func run(_ run: Run) {
    for (from, to) in copies {
      run.pool.forEach(from.batch * from.planes) { item, _ in
        let (image, block) = (item / from.planes, item % from.planes)
        for row in 0..<from.height {
          (run.bytes + to.row(image, block, row) * 2).update(
            from: run.bytes + from.row(image, block, row) * 2,
            count: from.rowCount * 2
          )
        }
      }
    }
  }
}
