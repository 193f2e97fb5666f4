import CSqueezeKernels
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// Max pooling of bytes whose grid stays the same.
struct IntegerMaxPool: Kernel {
  let inputs: [Demand]
  let outputs: [Form]
  private var pooling: NarrowPooling
  private var bound: NarrowPooling.Bound?

  static func accepts(_ op: Quantized<MaxPool>, _ site: Site) -> Bool {
    site.isInhabited && op.inputGrids[0] == op.outputGrid && op.addition == nil
  }

  init(_ op: Quantized<MaxPool>, _ site: Site) {
    let form = Form.blockedBytes(op.outputGrid.byteZero)
    inputs = [Demand(form: form)]
    outputs = [form]
    pooling = NarrowPooling(op.real.window, site, kernel: site.table.narrow.poolMaximumBytes)
    pooling.range = op.outputGrid.byteRange(op.limits)
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    bound = pooling.bound(inputs[0].layout, outputs[0].layout)
  }

  func run(_ run: Run) {
    if let bound { pooling.run(run, bound) }
  }
}

/// An operator that gives averages.
protocol AveragingOperator: Operator {
  func pooling(_ site: Site, kernel: @escaping NarrowPooling.Function) -> NarrowPooling
  /// The most numbers that one average takes in.
  func windowCount(_ site: Site) -> Int
}

extension AveragePool: AveragingOperator {
  func pooling(_ site: Site, kernel: @escaping NarrowPooling.Function) -> NarrowPooling {
    NarrowPooling(self, site, kernel: kernel)
  }

  func windowCount(_ site: Site) -> Int { window.kernelSize.reduce(1, *) }
}

extension GlobalAveragePool: AveragingOperator {
  func pooling(_ site: Site, kernel: @escaping NarrowPooling.Function) -> NarrowPooling {
    NarrowPooling(self, site, kernel: kernel)
  }

  func windowCount(_ site: Site) -> Int {
    let sizes = Layout.sizes(site.inputs[0].shape)
    return sizes[2] * sizes[3]
  }
}

/// Averages of bytes; sums are exact and rounded once.
struct IntegerAverage<Op: AveragingOperator>: Kernel {
  let inputs: [Demand]
  let outputs: [Form]
  private var pooling: NarrowPooling
  private var bound: NarrowPooling.Bound?

  static var title: String { "IntegerAverage" }

  static func accepts(_ op: Quantized<Op>, _ site: Site) -> Bool {
    let rank = site.inputs[0].shape.rank
    return site.isInhabited && (rank == 3 || rank == 4) && op.addition == nil
      && op.real.windowCount(site) < 1 << 22
      && op.inputGrids[0].scales[0] / op.outputGrid.scales[0] < 0x1p20
  }

  init(_ op: Quantized<Op>, _ site: Site) {
    let (input, output) = (op.inputGrids[0], op.outputGrid)
    inputs = [Demand(form: .blockedBytes(input.byteZero))]
    outputs = [.blockedBytes(output.byteZero)]
    pooling = op.real.pooling(site, kernel: site.table.narrow.poolAverageBytes)
    pooling.scale = input.scales[0] / output.scales[0]
    pooling.zeroPoint = Int32(input.byteZero)
    pooling.range = output.byteRange(op.limits)
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    bound = pooling.bound(inputs[0].layout, outputs[0].layout)
  }

  func run(_ run: Run) {
    if let bound { pooling.run(run, bound) }
  }
}
