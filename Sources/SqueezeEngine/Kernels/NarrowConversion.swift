import CSqueezeKernels
import SqueezeTensor

extension Form {
  /// The last form by which a value goes on its way to another, where there is no direct way.
  func steppingStone(to target: Form) -> Form? {
    switch (self, target) {
    case (.blockedBFloat16, .blocked), (.blockedBFloat16, .blockedBFloat16): nil
    case (.blockedBFloat16, .paddedBFloat16): .planar
    case (.blockedBFloat16, _): .blocked
    case (.blocked, .blockedBFloat16): nil
    case (_, .blockedBFloat16): .blocked
    case (.blocked, .paddedBFloat16): .planar
    default: nil
    }
  }
}

/// The step that brings a value from one form into another.
func conversion(
  _ spec: TensorSpec,
  from source: Form,
  to target: Form,
  table: KernelTable
) -> any BoundKernel {
  if source.elementBytes == 2 || target.elementBytes == 2 {
    return BFloat16Conversion(spec, from: source, to: target, table: table.narrow)
  }
  if source.isBytes || target.isBytes { return ByteConversion(spec, from: source, to: target) }
  return Conversion(spec, from: source, to: target, table: table)
}

/// Floats to bfloat16 or back, in blocks; or maps of floats to maps of bfloat16 with a halo.
struct BFloat16Conversion: BoundKernel {
  let inputs: [Demand]
  let outputs: [Form]
  private let spec: TensorSpec
  private let table: NarrowKernelTable
  private var source = Place.tensor(0)
  private var target: Layout?

  init(_ spec: TensorSpec, from source: Form, to target: Form, table: NarrowKernelTable) {
    self.spec = spec
    self.table = table
    inputs = [Demand(form: source)]
    outputs = [target]
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    source = inputs[0]
    target = outputs[0].layout
  }

  func run(_ run: Run) {
    guard let target else { return }
    switch source {
    case .memory(let layout): convert(run, run.memory, layout, target)
    case .tensor(let index):
      run.tensors[index].scalars.withUnsafeBufferPointer {
        if let base = $0.baseAddress { convert(run, base, Layout(.planar, spec.shape), target) }
      }
    case .channels: preconditionFailure("scattered channels are gathered, not converted")
    }
  }

  private func convert(
    _ run: Run,
    _ source: UnsafePointer<Float>,
    _ from: Layout,
    _ to: Layout
  ) {
    run.pool.forEach(from.batch * from.planes) { item, _ in
      let (image, plane) = (item / from.planes, item % from.planes)
      forEachRow(from, to) { row, count in
        let (start, end) = (from.row(image, plane, row), to.row(image, plane, row))
        if from.form.elementBytes == 2 {
          table.widenBFloat16(run.bytes + 2 * start, run.memory + end, count)
        } else {
          table.narrowBFloat16(source + start, run.bytes + 2 * end, count)
        }
      }
    }
  }
}

/// Bytes from one order into another, or from and to a tensor of integers.
struct ByteConversion: BoundKernel {
  let inputs: [Demand]
  let outputs: [Form]
  private let spec: TensorSpec
  private var source = Place.tensor(0)
  private var target = Place.tensor(0)

  init(_ spec: TensorSpec, from source: Form, to target: Form) {
    self.spec = spec
    inputs = [Demand(form: source)]
    outputs = [target]
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    source = inputs[0]
    target = outputs[0]
  }

  /// What is added to an integer of the value to make it an unsigned byte.
  private var shift: Int { spec.type == .int8 ? 128 : 0 }

  func run(_ run: Run) {
    let planar = Layout(.planar, spec.shape)
    switch (source, target) {
    case (.memory(let from), .memory(let to)):
      fill(run, to)
      forEachByte(from, to) { run.bytes[$1] = run.bytes[$0] }
    case (.tensor(let index), .memory(let to)):
      fill(run, to)
      let integers = run.tensors[index].integers
      forEachByte(planar, to) {
        run.bytes[$1] = UInt8(truncatingIfNeeded: integers[$0] + shift)
      }
    case (.memory(let from), .tensor(let index)):
      var integers = [Int](repeating: 0, count: spec.shape.count)
      forEachByte(from, planar) { integers[$1] = Int(run.bytes[$0]) - shift }
      run.tensors[index] = Tensor(spec.shape, integers: integers, type: spec.type)
    case (.tensor(let from), .tensor(let to)): run.tensors[to] = run.tensors[from]
    case (.channels, _), (_, .channels):
      preconditionFailure("scattered channels are gathered, not converted")
    }
  }

  /// Gives the lanes of channels that are not there a value.
  private func fill(_ run: Run, _ to: Layout) {
    guard to.form.isBlocked, to.channels % 16 != 0 else { return }
    for image in 0..<to.batch {
      for row in 0..<to.height {
        (run.bytes + to.row(image, to.planes - 1, row))
          .update(repeating: to.form.filler, count: to.rowCount)
      }
    }
  }

  private func forEachByte(_ from: Layout, _ to: Layout, _ body: (_ from: Int, _ to: Int) -> Void) {
    for image in 0..<from.batch {
      for channel in 0..<from.channels {
        for row in 0..<from.height {
          let (first, second) = (
            from.first(image, channel, row), to.first(image, channel, row)
          )
          for x in 0..<from.width {
            body(first + x * from.form.lanes, second + x * to.form.lanes)
          }
        }
      }
    }
  }
}

extension Layout {
  /// The first pixel of a row of a channel.
  fileprivate func first(_ image: Int, _ channel: Int, _ row: Int) -> Int {
    self.row(image, channel / form.lanes, row) + channel % form.lanes
  }
}

extension HaloClearing {
  /// Fills the halo of a value of bytes or bfloat16.
  func clearNarrow(_ run: Run, _ layout: Layout) {
    let (halo, filler) = (layout.halo, layout.form.filler)
    let bytes = layout.form.elementBytes
    let pixel = layout.form.lanes * bytes
    let rowBytes = layout.rowStride * bytes
    run.pool.forEach(layout.batch * layout.planes) { item, _ in
      let first = layout.row(item / layout.planes, item % layout.planes)
      let start = run.bytes + first * bytes - halo.left * pixel
      (start - halo.top * rowBytes).update(repeating: filler, count: halo.top * rowBytes)
      for row in 0..<layout.height {
        let line = start + row * rowBytes
        line.update(repeating: filler, count: halo.left * pixel)
        (line + halo.left * pixel + layout.rowCount * bytes)
          .update(repeating: filler, count: halo.right * pixel)
      }
      (start + layout.height * rowBytes).update(repeating: filler, count: halo.bottom * rowBytes)
    }
  }
}
