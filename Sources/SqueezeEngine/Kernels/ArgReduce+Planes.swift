import SqueezeOperators
import SqueezeTensor

/// The position of the largest or smallest element along an axis, 16 neighbours at a time.
struct PlanarArgReduce: Kernel {
  let inputs = [Demand.planar]
  let outputs = [Form.tensor]
  private let op: ArgReduce
  private let shape: Shape
  private let result: Shape
  private let kernels: ShapingKernels
  private var origin = 0
  private var target = 0

  static func accepts(_ op: ArgReduce, _ site: Site) -> Bool {
    site.inputs[0].type == .float32 && site.isInhabited
      && site.inputs[0].shape.axis(op.axis).map { site.inputs[0].shape[$0] < 1 << 24 } == true
  }

  init(_ op: ArgReduce, _ site: Site) {
    self.op = op
    shape = site.inputs[0].shape
    result = site.outputs[0].shape
    kernels = site.table.shaping
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    origin = inputs[0].layout.origin
    target = outputs[0].tensorIndex
  }

  func run(_ run: Run) {
    let axis = shape.axis(op.axis) ?? 0
    let (size, inner) = (shape[axis], shape.count(from: axis + 1))
    let outer = shape.count(before: axis)
    let source = run.memory + origin
    let sign: Float = op.kind == .maximum ? 1 : -1
    let positions = AlignedBuffer<Int32>(count: result.count)
    let bands = (inner + 255) / 256
    run.pool.forEach(outer * bands) { item, _ in
      let (row, first) = (item / bands, item % bands * 256)
      kernels.findColumns(
        source + row * size * inner + first,
        size,
        inner,
        sign,
        op.selectsLast,
        positions.pointer + row * inner + first,
        min(256, inner - first)
      )
    }
    let integers = (0..<result.count).map { Int(positions.pointer[$0]) }
    run.tensors[target] = Tensor(result, integers: integers)
  }
}
