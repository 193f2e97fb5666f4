import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// Convolution of bytes by register tiles of 4-byte dot products, perhaps with another value added.
struct IntegerConvolution: Kernel {
  let inputs: [Demand]
  let outputs: [Form]
  private let core: DotConvolution
  private let weights: IntegerWeights
  private let table: NarrowKernelTable
  private let requantization: Requantization
  private var bound: DotConvolution.Bound?

  static func accepts(_ op: Quantized<Convolution>, _ site: Site) -> Bool {
    DotConvolution.accepts(op.real, site) && op.weightGrid != nil
  }

  init(_ op: Quantized<Convolution>, _ site: Site) {
    requantization = Requantization(op)
    let weights = IntegerWeights(op, site.parameters)
    self.weights = weights
    core = DotConvolution(op.real, site, weights: weights.bits, perWord: 4)
    let zero = op.inputGrids[0].byteZero
    var demands = [
      Demand(form: core.isPlanar ? .paddedBytes(zero) : .blockedBytes(zero), halo: core.halo)
    ]
    if op.addition != nil { demands.append(Demand(form: .blockedBytes(op.inputGrids[1].byteZero))) }
    inputs = demands
    outputs = [.blockedBytes(op.outputGrid.byteZero)]
    table = site.table.narrow
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    bound = core.bound(
      inputs[0].layout,
      outputs[0].layout,
      summand: inputs.count > 1 ? inputs[1].layout : nil
    )
  }

  func run(_ run: Run) {
    guard let bound else { return }
    core.run(run, bound, bias: weights.bias.pointer) { arguments, tile, rows in
      arguments.scales = UnsafePointer(weights.scales.pointer + tile.firstChannel)
      requantization.apply(to: &arguments)
      table.convolveBytes(&arguments, rows.lowerBound, rows.upperBound)
    }
  }
}

/// How the sums of a layer become bytes.
struct Requantization: Sendable {
  private let range: SQByteRange
  private let summedRange: SQByteRange
  private var ownScale: Float = 0
  private var summandScale: Float = 0
  private var summandZero: Int32 = 0

  init<Op>(_ op: Quantized<Op>) {
    summedRange = op.outputGrid.byteRange(op.limits)
    range = op.addition.map { $0.grid.byteRange($0.limits) } ?? summedRange
    guard let addition = op.addition else { return }
    let factors = SumFactors(addition.grid, op.inputGrids[1], op.outputGrid)
    (ownScale, summandScale) = (factors.a, factors.b)
    summandZero = Int32(op.inputGrids[1].byteZero)
  }

  func apply(to arguments: inout SQDotConvolution) {
    arguments.range = range
    arguments.summedRange = summedRange
    arguments.ownScale = ownScale
    arguments.summandScale = summandScale
    arguments.summandZero = summandZero
  }
}

/// The factors of `a · x + b · y + c`, the sum of two values on grids in steps of a third.
struct SumFactors: Sendable {
  let a: Float
  let b: Float
  let c: Float

  init(_ x: QuantizationGrid, _ y: QuantizationGrid, _ sum: QuantizationGrid) {
    let (first, second) = (
      Double(x.scales[0]) / Double(sum.scales[0]), Double(y.scales[0]) / Double(sum.scales[0])
    )
    a = Float(first)
    b = Float(second)
    c = Float(-(first * Double(x.byteZero) + second * Double(y.byteZero)))
  }

  /// Whether no sum is beyond what rounding takes.
  var isModest: Bool { a < 0x1p20 && b < 0x1p20 }
}
