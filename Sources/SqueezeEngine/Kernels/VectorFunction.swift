import CSqueezeKernels
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// An operator of one input that a vector kernel computes element by element.
protocol VectorFunction: Operator {
  var vectorFunction: VectorFormula { get }
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
  var vectorFunction: VectorFormula { VectorFormula(function: SQUnaryIdentity, clip: .relu) }
}

extension Clip: VectorFunction {
  var vectorFunction: VectorFormula {
    let clip = SQClip(lower: lower ?? -.infinity, upper: upper ?? .infinity, clips: true)
    return VectorFormula(function: SQUnaryIdentity, clip: clip)
  }
}

extension LeakyReLU: VectorFunction {
  var vectorFunction: VectorFormula { VectorFormula(function: SQUnaryLeakyReLU, a: slope) }
}

extension HardSigmoid: VectorFunction {
  var vectorFunction: VectorFormula {
    VectorFormula(function: SQUnaryHardSigmoid, a: slope, b: offset)
  }
}

extension HardSwish: VectorFunction {
  var vectorFunction: VectorFormula {
    VectorFormula(function: SQUnaryHardSwish, a: 1.0 / 6, b: 0.5)
  }
}

extension Sigmoid: VectorFunction {
  var vectorFunction: VectorFormula { VectorFormula(function: SQUnarySigmoid) }
}

extension Tanh: VectorFunction {
  var vectorFunction: VectorFormula { VectorFormula(function: SQUnaryTanh) }
}

extension ELU: VectorFunction {
  var vectorFunction: VectorFormula { VectorFormula(function: SQUnaryELU, a: alpha, b: 1) }
}

extension SELU: VectorFunction {
  var vectorFunction: VectorFormula { VectorFormula(function: SQUnaryELU, a: alpha, b: gamma) }
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

  static func accepts(_ op: Op, _ site: Site) -> Bool { site.isFloat && site.isInhabited }

  init(_ op: Op, _ site: Site) {
    inputs = [Demand(form: site.form)]
    outputs = [site.form]
    formula = op.vectorFunction
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
