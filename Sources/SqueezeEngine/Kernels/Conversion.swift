import CSqueezeKernels
import SqueezeTensor

/// Brings a value from one form into another.
struct Conversion: BoundKernel {
  let inputs: [Demand]
  let outputs: [Form]
  private let spec: TensorSpec
  /// How the numbers of a tensor lie.
  private let plain: Layout
  private let table: KernelTable
  private var source = Place.tensor(0)
  private var target = Place.tensor(0)

  init(_ spec: TensorSpec, from source: Form, to target: Form, table: KernelTable) {
    self.spec = spec
    plain = Layout(.planar, spec.shape)
    self.table = table
    inputs = [Demand(form: source)]
    outputs = [target]
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    source = inputs[0]
    target = outputs[0]
  }

  func run(_ run: Run) {
    switch (source, target) {
    case (.memory(let from), .memory(let to)):
      convert(run.memory, from, run.memory, to, run.pool)
    case (.tensor(let index), .memory(let to)):
      run.tensors[index].scalars.withUnsafeBufferPointer {
        guard let base = $0.baseAddress else { return }
        convert(base, plain, run.memory, to, run.pool)
      }
    case (.memory(let from), .tensor(let index)):
      run.tensors.fill(index, spec) { convert(run.memory, from, $0, plain, run.pool) }
    case (.tensor(let from), .tensor(let to)): run.tensors[to] = run.tensors[from]
    case (.channels, _), (_, .channels):
      preconditionFailure("scattered channels are gathered, not converted")
    }
  }

  private func convert(
    _ source: UnsafePointer<Float>,
    _ from: Layout,
    _ target: UnsafeMutablePointer<Float>,
    _ to: Layout,
    _ pool: ThreadPool
  ) {
    switch (from.form == .blocked, to.form == .blocked) {
    case (false, true):
      pool.forEach(to.batch * to.planes) { item, _ in
        let (image, block) = (item / to.planes, item % to.planes)
        table.packBlock(
          SQLayout(planar: from, blocked: to, block),
          source + from.row(image, block * 16),
          target + to.row(image, block),
          to.height
        )
      }
    case (true, false):
      pool.forEach(from.batch * from.planes) { item, _ in
        let (image, block) = (item / from.planes, item % from.planes)
        table.unpackBlock(
          SQLayout(planar: to, blocked: from, block),
          source + from.row(image, block),
          target + to.row(image, block * 16),
          from.height
        )
      }
    case (false, false), (true, true):
      pool.forEach(from.batch * from.planes) { item, _ in
        let (image, plane) = (item / from.planes, item % from.planes)
        for row in 0..<from.height {
          (target + to.row(image, plane, row)).update(
            from: source + from.row(image, plane, row),
            count: from.rowCount
          )
        }
      }
    }
  }
}

extension SQLayout {
  /// What the kernels that turn planar maps into blocks, and back, know of one block.
  init(planar: Layout, blocked: Layout, _ block: Int) {
    self.init(
      planeStride: planar.planeStride,
      planarRowStride: planar.rowStride,
      blockedRowStride: blocked.rowStride,
      channels: blocked.lanes(of: block),
      width: blocked.width
    )
  }
}

/// Writes zeros around every map of a value whose memory held something else before.
struct HaloClearing: BoundKernel {
  let inputs: [Demand] = []
  let outputs: [Form]
  private var layout: Layout?

  init(_ form: Form) { outputs = [form] }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    layout = outputs[0].layout
  }

  func run(_ run: Run) {
    guard let layout else { return }
    if layout.form.elementBytes < 4 { return clearNarrow(run, layout) }
    layout.clearHalo(run.memory, run.pool)
  }
}
