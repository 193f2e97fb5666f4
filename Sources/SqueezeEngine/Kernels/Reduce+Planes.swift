import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

extension Reduce.Kind {
  var reduction: SQReduction {
    switch self {
    case .mean: SQReductionMean
    case .sum: SQReductionSum
    case .maximum: SQReductionMaximum
    case .minimum: SQReductionMinimum
    case .product: SQReductionProduct
    case .l2: SQReductionNorm
    }
  }
}

extension Reduce {
  /// The axes that are reduced, counted from the front; empty where they are out of range.
  func reducedAxes(_ shape: Shape) -> [Int] {
    axes.isEmpty ? Array(0..<shape.rank) : axes.compactMap { shape.axis($0) }
  }
}

/// A reduction over neighbouring axes of a value in the order of `Tensor`.
struct PlanarReduction: Kernel {
  let inputs = [Demand.planar]
  let outputs = [Form.planar]
  private let sizes: (outer: Int, reduced: Int, inner: Int)
  private let kind: SQReduction
  private let kernels: ShapingKernels
  private var origins = (input: 0, output: 0)

  static func accepts(_ op: Reduce, _ site: Site) -> Bool {
    site.isFloat && site.isInhabited && sizes(op, site.inputs[0].shape) != nil
  }

  /// The numbers before, along and after the reduced axes; `nil` where they are no neighbours.
  private static func sizes(
    _ op: Reduce,
    _ shape: Shape
  ) -> (outer: Int, reduced: Int, inner: Int)? {
    let axes = op.reducedAxes(shape).filter { shape[$0] > 1 }.sorted()
    guard let first = axes.first, let last = axes.last else { return (shape.count, 1, 1) }
    guard (first...last).allSatisfy({ axes.contains($0) || shape[$0] == 1 }) else { return nil }
    let inner = shape.count(from: last + 1)
    let outer = shape.count(before: first)
    return (outer, shape.count / (inner * outer), inner)
  }

  init(_ op: Reduce, _ site: Site) {
    sizes = Self.sizes(op, site.inputs[0].shape) ?? (1, 1, 1)
    kind = op.kind.reduction
    kernels = site.table.shaping
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    origins = (inputs[0].layout.origin, outputs[0].layout.origin)
  }

  func run(_ run: Run) {
    let (source, target) = (run.memory + origins.input, run.memory + origins.output)
    let (outer, reduced, inner) = sizes
    let items = min(outer, 64)
    run.pool.forEach(items) { item, _ in
      for row in outer * item / items..<outer * (item + 1) / items {
        let x = source + row * reduced * inner
        if inner == 1 {
          target[row] = kernels.reduceRow(kind, x, reduced)
        } else {
          kernels.reduceColumns(kind, x, reduced, inner, target + row * inner, inner)
        }
      }
    }
  }
}

/// A reduction over the rows and columns of every channel, 16 channels at a time.
struct BlockedReduction: Kernel {
  let inputs = [Demand.blocked]
  let outputs = [Form.blocked]
  private let kind: SQReduction
  private let kernels: ShapingKernels
  private var places: (input: Layout, output: Layout)?

  static func accepts(_ op: Reduce, _ site: Site) -> Bool {
    let shape = site.inputs[0].shape
    return site.isFloat && site.isInhabited && site.form == .blocked
      && (3...4).contains(shape.rank)
      && op.reducedAxes(shape).sorted() == Array(2..<shape.rank)
  }

  init(_ op: Reduce, _ site: Site) {
    kind = op.kind.reduction
    kernels = site.table.shaping
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    places = (inputs[0].layout, outputs[0].layout)
  }

  func run(_ run: Run) {
    guard let (input, output) = places else { return }
    run.pool.forEach(input.batch * input.planes) { item, _ in
      let (image, block) = (item / input.planes, item % input.planes)
      kernels.reduceBlock(
        kind,
        run.memory + input.row(image, block),
        input.rowStride,
        input.height,
        input.width,
        run.memory + output.row(image, block)
      )
    }
  }
}
