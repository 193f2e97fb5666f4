import CSqueezeKernels
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// An operator of one input that a vector kernel computes element by element.
protocol VectorFunction: Operator {
  /// The formula, or `nil` where the kernels do not have it.
  var vectorFunction: VectorFormula? { get }
}

/// A function of the kernels with its two numbers, then a clip.
struct VectorFormula: Sendable {
  var function: SQUnary
  var a: Float = 0
  var b: Float = 0
  var clip = SQClip.none

  /// The clip that the function is, or `nil` where it is more than that.
  var asClip: SQClip? { function == SQUnaryIdentity ? clip : nil }
}

extension ReLU: VectorFunction {
  var vectorFunction: VectorFormula? { VectorFormula(function: SQUnaryIdentity, clip: .relu) }
}

extension Clip: VectorFunction {
  var vectorFunction: VectorFormula? {
    let clip = SQClip(lower: lower ?? -.infinity, upper: upper ?? .infinity, clips: true)
    return VectorFormula(function: SQUnaryIdentity, clip: clip)
  }
}

extension LeakyReLU: VectorFunction {
  var vectorFunction: VectorFormula? { VectorFormula(function: SQUnaryLeakyReLU, a: slope) }
}

extension HardSigmoid: VectorFunction {
  var vectorFunction: VectorFormula? {
    VectorFormula(function: SQUnaryHardSigmoid, a: slope, b: offset)
  }
}

extension HardSwish: VectorFunction {
  var vectorFunction: VectorFormula? {
    VectorFormula(function: SQUnaryHardSwish, a: 1.0 / 6, b: 0.5)
  }
}

extension Sigmoid: VectorFunction {
  var vectorFunction: VectorFormula? { VectorFormula(function: SQUnarySigmoid) }
}

extension Tanh: VectorFunction {
  var vectorFunction: VectorFormula? { VectorFormula(function: SQUnaryTanh) }
}

extension ELU: VectorFunction {
  var vectorFunction: VectorFormula? { VectorFormula(function: SQUnaryELU, a: alpha, b: 1) }
}

extension SELU: VectorFunction {
  var vectorFunction: VectorFormula? { VectorFormula(function: SQUnaryELU, a: alpha, b: gamma) }
}

extension GELU: VectorFunction {
  var vectorFunction: VectorFormula? {
    VectorFormula(function: isApproximate ? SQUnaryGELUApproximate : SQUnaryGELU)
  }
}

extension Softplus: VectorFunction {
  var vectorFunction: VectorFormula? { VectorFormula(function: SQUnarySoftplus) }
}

extension Softsign: VectorFunction {
  var vectorFunction: VectorFormula? { VectorFormula(function: SQUnarySoftsign) }
}

extension Mish: VectorFunction {
  var vectorFunction: VectorFormula? { VectorFormula(function: SQUnaryMish) }
}

extension CELU: VectorFunction {
  var vectorFunction: VectorFormula? { VectorFormula(function: SQUnaryCELU, a: alpha) }
}

extension ThresholdedReLU: VectorFunction {
  var vectorFunction: VectorFormula? {
    VectorFormula(function: SQUnaryThresholded, a: threshold)
  }
}

extension Binarize: VectorFunction {
  var vectorFunction: VectorFormula? { VectorFormula(function: SQUnaryBinarize) }
}

extension Unary: VectorFunction {
  var vectorFunction: VectorFormula? {
    let kernel: SQUnary? =
      switch function {
      case .absolute: SQUnaryAbsolute
      case .ceiling: SQUnaryCeiling
      case .errorFunction: SQUnaryErrorFunction
      case .exponential: SQUnaryExponential
      case .floor: SQUnaryFloor
      case .logarithm: SQUnaryLogarithm
      case .negate: SQUnaryNegate
      case .reciprocal: SQUnaryReciprocal
      case .round: SQUnaryRound
      case .sign: SQUnarySign
      case .squareRoot: SQUnarySquareRoot
      // Far from 0 these need more digits than a vector of floats has.
      case .cosine, .sine: nil
      }
    return kernel.map { VectorFormula(function: $0) }
  }
}

/// A function of each element, 16 at a time, in whatever form the input is made.
struct VectorActivation<Op: VectorFunction>: Kernel {
  let inputs: [Demand]
  let outputs: [Form]
  private let formula: VectorFormula
  private let clip: SQClip
  private let table: KernelTable
  private var places: (input: Layout, output: Layout)?

  static var title: String { "VectorActivation" }

  static func accepts(_ op: Op, _ site: Site) -> Bool {
    site.isFloat && site.isInhabited && op.vectorFunction != nil
  }

  init(_ op: Op, _ site: Site) {
    inputs = [Demand(form: site.form)]
    outputs = [site.form]
    let formula = op.vectorFunction ?? VectorFormula(function: SQUnaryIdentity)
    self.formula = formula
    clip = formula.clip.then(site.clip)
    table = site.table
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    places = (inputs[0].layout, outputs[0].layout)
  }

  func run(_ run: Run) {
    guard let (input, output) = places else { return }
    run.pool.forEach(input.batch * input.planes) { item, _ in
      let (image, plane) = (item / input.planes, item % input.planes)
      forEachRow(input, output) { row, count in
        table.applyUnary(
          formula.function,
          formula.a,
          formula.b,
          clip,
          run.memory + input.row(image, plane, row),
          run.memory + output.row(image, plane, row),
          count
        )
      }
    }
  }
}

/// Calls `body` with each row of a map and its floats; maps without halos are one long row.
func forEachRow(
  _ a: Layout,
  _ b: Layout,
  _ c: Layout? = nil,
  _ body: (_ row: Int, _ count: Int) -> Void
) {
  let count = a.rowCount
  if a.rowStride == count, b.rowStride == count, (c ?? a).rowStride == count {
    return body(0, a.height * count)
  }
  for row in 0..<a.height { body(row, count) }
}
