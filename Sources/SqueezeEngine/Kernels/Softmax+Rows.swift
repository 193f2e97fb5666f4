import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// Softmax or its logarithm along an axis.
protocol SoftmaxOperator: Operator {
  static var isLogarithm: Bool { get }
  var axis: Int { get }
}

extension Softmax: SoftmaxOperator {
  static var isLogarithm: Bool { false }
}

extension LogSoftmax: SoftmaxOperator {
  static var isLogarithm: Bool { true }
}

/// Softmax along any axis of a value in the order of `Tensor`: of neighbours row by row, else of
/// 16 columns at a time.
struct RowSoftmax<Op: SoftmaxOperator>: Kernel {
  let inputs = [Demand.planar]
  let outputs = [Form.planar]
  /// The numbers before the axis, along it and after it.
  private let sizes: (outer: Int, axis: Int, inner: Int)
  private let table: KernelTable
  private var origins = (input: 0, output: 0)

  static var title: String { "RowSoftmax" }

  static func accepts(_ op: Op, _ site: Site) -> Bool {
    site.isFloat && site.isInhabited && site.inputs[0].shape.axis(op.axis) != nil
  }

  init(_ op: Op, _ site: Site) {
    let shape = site.inputs[0].shape
    let axis = shape.axis(op.axis) ?? 0
    sizes = (shape.count(before: axis), shape[axis], shape.count(from: axis + 1))
    table = site.table
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    origins = (inputs[0].layout.origin, outputs[0].layout.origin)
  }

  func run(_ run: Run) {
    let (source, target) = (run.memory + origins.input, run.memory + origins.output)
    let (outer, size, inner) = sizes
    guard inner > 1 else {
      let items = min(outer, 64)
      return run.pool.forEach(items) { item, _ in
        for row in outer * item / items..<outer * (item + 1) / items {
          table.softmax(source + row * size, target + row * size, size, Op.isLogarithm)
        }
      }
    }
    // Bands of whole cache lines.
    let bands = (inner + Self.bandWidth - 1) / Self.bandWidth
    run.pool.forEach(outer * bands) { item, _ in
      let first = item % bands * Self.bandWidth
      let start = item / bands * size * inner + first
      table.shaping.softmaxColumns(
        source + start,
        target + start,
        size,
        inner,
        min(Self.bandWidth, inner - first),
        Op.isLogarithm
      )
    }
  }

  private static var bandWidth: Int { 256 }
}

/// Softmax over the channels of a value in blocks of 16 channels.
struct BlockedSoftmax<Op: SoftmaxOperator>: Kernel {
  let inputs = [Demand.blocked]
  let outputs = [Form.blocked]
  private let table: KernelTable
  private var places: (input: Layout, output: Layout)?

  static var title: String { "BlockedSoftmax" }

  static func accepts(_ op: Op, _ site: Site) -> Bool {
    let shape = site.inputs[0].shape
    return site.isFloat && site.isInhabited && site.form == .blocked
      && (3...4).contains(shape.rank) && shape.axis(op.axis) == 1
  }

  init(_ op: Op, _ site: Site) { table = site.table }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    places = (inputs[0].layout, outputs[0].layout)
  }

  func run(_ run: Run) {
    guard let (input, output) = places else { return }
    run.pool.forEach(input.batch * input.height) { item, _ in
      let (image, row) = (item / input.height, item % input.height)
      table.shaping.softmaxChannels(
        run.memory + input.row(image, 0, row),
        input.planeStride,
        run.memory + output.row(image, 0, row),
        output.planeStride,
        input.channels,
        input.width,
        Op.isLogarithm
      )
    }
  }
}
