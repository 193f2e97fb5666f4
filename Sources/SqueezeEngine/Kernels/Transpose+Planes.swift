import SqueezeOperators
import SqueezeTensor

/// The axes in another order, by squares of 16 × 16 numbers or by rows that stay together.
struct PlanarTranspose: Kernel {
  let inputs = [Demand.planar]
  let outputs = [Form.planar]
  /// The axes of the output that are neither the rows nor the columns of the squares: size, and
  /// the distance in the input and in the output.
  private let outer: [Axis]
  private let rows: Axis
  private let columns: Axis
  private let kernels: ShapingKernels
  private var origins = (input: 0, output: 0)

  private struct Axis: Sendable {
    var size: Int
    var source: Int
    var target: Int
  }

  static func accepts(_ op: Transpose, _ site: Site) -> Bool {
    site.isFloat && site.isInhabited && site.inputs[0].shape.rank > 0
  }

  init(_ op: Transpose, _ site: Site) {
    let (x, y) = (site.inputs[0].shape, site.outputs[0].shape)
    let order = op.order(rank: x.rank)
    var axes: [Axis] = []
    for (position, axis) in order.enumerated() where y[position] > 1 {
      let next = Axis(size: y[position], source: x.strides[axis], target: y.strides[position])
      // Axes that follow each other before and after count as one.
      if let last = axes.last, last.source == next.source * next.size,
        last.target == next.target * next.size
      {
        axes.removeLast()
        axes.append(Axis(size: last.size * next.size, source: next.source, target: next.target))
      } else {
        axes.append(next)
      }
    }
    let one = Axis(size: 1, source: 1, target: 1)
    // Neighbours in the output, and neighbours in the input.
    let inner = axes.popLast() ?? one
    rows = inner
    if inner.source == 1 {
      columns = one
    } else if let position = axes.firstIndex(where: { $0.source == 1 }) {
      columns = axes.remove(at: position)
    } else {
      columns = one
    }
    outer = axes
    kernels = site.table.shaping
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    origins = (inputs[0].layout.origin, outputs[0].layout.origin)
  }

  func run(_ run: Run) {
    let squares = outer.reduce(1) { $0 * $1.size }
    // Bands of columns, so that one large square is shared too.
    let bands = max(1, min(columns.size / 16, 16))
    run.pool.forEach(squares * bands) { item, _ in
      let band = item % bands
      var rest = item / bands
      var (source, target) = (origins.input, origins.output)
      for axis in outer.reversed() {
        source += rest % axis.size * axis.source
        target += rest % axis.size * axis.target
        rest /= axis.size
      }
      if rows.source == 1 {
        (run.memory + target).update(from: run.memory + source, count: rows.size)
        return
      }
      let first = columns.size * band / bands
      kernels.transposeMatrix(
        run.memory + source + first * columns.source,
        rows.size,
        columns.size * (band + 1) / bands - first,
        rows.source,
        run.memory + target + first * columns.target,
        columns.target
      )
    }
  }
}
