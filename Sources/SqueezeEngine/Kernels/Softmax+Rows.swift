import SqueezeOperators
import SqueezeTensor

/// Softmax along an axis whose elements lie side by side.
struct RowSoftmax: Kernel {
  let inputs = [Demand.planar]
  let outputs = [Form.planar]
  private let rows: Int
  private let count: Int
  private let table: KernelTable
  private var origins = (input: 0, output: 0)

  static func accepts(_ op: Softmax, _ site: Site) -> Bool {
    let shape = site.inputs[0].shape
    guard site.isFloat, site.isInhabited, let axis = shape.axis(op.axis) else { return false }
    return shape.count(from: axis) == shape[axis]
  }

  init(_ op: Softmax, _ site: Site) {
    let shape = site.inputs[0].shape
    count = shape[shape.axis(op.axis) ?? 0]
    rows = shape.count / count
    table = site.table
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    origins = (inputs[0].layout.origin, outputs[0].layout.origin)
  }

  func run(_ run: Run) {
    run.pool.forEach(rows) { row, _ in
      table.softmax(
        run.memory + origins.input + row * count,
        run.memory + origins.output + row * count,
        count
      )
    }
  }
}
