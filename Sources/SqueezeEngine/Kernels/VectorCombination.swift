import CSqueezeKernels
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// An operator of two inputs that a vector kernel computes element by element.
protocol VectorCombination: Operator {
  static var vectorCombination: SQBinary { get }
}

extension Add: VectorCombination {
  static var vectorCombination: SQBinary { SQBinaryAdd }
}

extension Subtract: VectorCombination {
  static var vectorCombination: SQBinary { SQBinarySubtract }
}

extension Multiply: VectorCombination {
  static var vectorCombination: SQBinary { SQBinaryMultiply }
}

extension Divide: VectorCombination {
  static var vectorCombination: SQBinary { SQBinaryDivide }
}

extension Maximum: VectorCombination {
  static var vectorCombination: SQBinary { SQBinaryMaximum }
}

extension Minimum: VectorCombination {
  static var vectorCombination: SQBinary { SQBinaryMinimum }
}

/// Two values of one shape combined element by element, 16 at a time; or, in blocks of 16 channels,
/// a value with one number per image and channel.
struct VectorBinary<Op: VectorCombination>: Kernel {
  let inputs: [Demand]
  let outputs: [Form]
  private let clip: SQClip
  private let table: KernelTable
  private var places: (a: Layout, b: Layout, output: Layout)?

  static var title: String { "VectorBinary" }

  static func accepts(_ op: Op, _ site: Site) -> Bool {
    guard site.isFloat, site.isInhabited else { return false }
    return site.inputs[0].shape == site.inputs[1].shape || isPerChannel(site)
  }

  /// Whether the second input is `[N, C, 1, 1]` or `[1, C, 1, 1]`.
  private static func isPerChannel(_ site: Site) -> Bool {
    let (a, b) = (site.inputs[0].shape, site.inputs[1].shape)
    return site.form == .blocked && a.rank == 4 && b.rank == 4 && a == site.outputs[0].shape
      && (b[0] == a[0] || b[0] == 1) && b[1] == a[1] && b[2] == 1 && b[3] == 1
  }

  init(_ op: Op, _ site: Site) {
    inputs = [Demand(form: site.form), Demand(form: site.form)]
    outputs = [site.form]
    clip = site.clip
    table = site.table
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    places = (inputs[0].layout, inputs[1].layout, outputs[0].layout)
  }

  func run(_ run: Run) {
    guard let (a, b, output) = places else { return }
    let isPerChannel = b.height * b.width == 1 && b.form == .blocked
    run.pool.forEach(a.batch * a.planes) { item, _ in
      let (image, plane) = (item / a.planes, item % a.planes)
      let second = b.batch == 1 ? 0 : image
      forEachRow(a, output, isPerChannel ? nil : b) { row, count in
        table.applyBinary(
          Op.vectorCombination,
          clip,
          run.memory + a.row(image, plane, row),
          run.memory + b.row(second, plane, isPerChannel ? 0 : row),
          isPerChannel ? 0 : 16,
          run.memory + output.row(image, plane, row),
          count
        )
      }
    }
  }
}
