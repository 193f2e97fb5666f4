import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// Reals to bytes on a grid of 8 bits.
///
/// Images of up to 4 channels stay maps, for a first layer; others become blocks of 16 channels.
struct ByteQuantization: Kernel {
  let inputs: [Demand]
  let outputs: [Form]
  private let scale: Float
  private let range: SQByteRange
  private let shape: Shape
  private let table: NarrowKernelTable
  private var places: (input: Place, output: Layout)?

  static func accepts(_ op: QuantizeLinear, _ site: Site) -> Bool {
    op.grid.isByteGrid && site.inputs[0].type == .float32 && site.isInhabited
  }

  init(_ op: QuantizeLinear, _ site: Site) {
    shape = site.inputs[0].shape
    let hasBlocks = (2...4).contains(shape.rank)
    let isBlocked = hasBlocks && (site.form == .blocked || Layout.sizes(shape)[1] > 4)
    inputs = [isBlocked ? .blocked : site.forms[0] == .tensor ? .tensor : .planar]
    let zero = op.grid.byteZero
    outputs = [isBlocked ? .blockedBytes(zero) : .paddedBytes(zero)]
    scale = op.grid.scales[0]
    range = op.grid.byteRange(op.grid.wholeRange)
    table = site.table.narrow
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    places = (inputs[0], outputs[0].layout)
  }

  func run(_ run: Run) {
    guard let (input, output) = places else { return }
    switch input {
    case .memory(let layout): quantize(run, run.memory, layout, output)
    case .tensor(let index):
      run.tensors[index].scalars.withUnsafeBufferPointer {
        if let base = $0.baseAddress { quantize(run, base, Layout(.planar, shape), output) }
      }
    case .channels: preconditionFailure("scattered channels are gathered before quantization")
    }
  }

  private func quantize(
    _ run: Run,
    _ source: UnsafePointer<Float>,
    _ input: Layout,
    _ output: Layout
  ) {
    run.pool.forEach(input.batch * input.planes) { item, _ in
      let (image, plane) = (item / input.planes, item % input.planes)
      forEachRow(input, output) { row, count in
        table.quantizeBytes(
          scale,
          range,
          source + input.row(image, plane, row),
          run.bytes + output.row(image, plane, row),
          count
        )
      }
    }
  }
}

/// Bytes on a grid of 8 bits back to reals.
struct ByteDequantization: Kernel {
  let inputs: [Demand]
  let outputs: [Form]
  private let scale: Float
  private let zeroPoint: Int32
  private let table: NarrowKernelTable
  private var places: (input: Layout, output: Layout)?

  static func accepts(_ op: DequantizeLinear, _ site: Site) -> Bool {
    op.grid.isByteGrid && site.isInhabited && site.forms[0].isBytes
  }

  init(_ op: DequantizeLinear, _ site: Site) {
    let zero = op.grid.byteZero
    inputs = [Demand(form: site.forms[0].isBlocked ? .blockedBytes(zero) : .paddedBytes(zero))]
    outputs = [site.forms[0].isBlocked ? .blocked : .planar]
    scale = op.grid.scales[0]
    zeroPoint = Int32(zero)
    table = site.table.narrow
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    places = (inputs[0].layout, outputs[0].layout)
  }

  func run(_ run: Run) {
    guard let (input, output) = places else { return }
    run.pool.forEach(input.batch * input.planes) { item, _ in
      let (image, plane) = (item / input.planes, item % input.planes)
      forEachRow(input, output) { row, count in
        table.dequantizeBytes(
          scale,
          zeroPoint,
          run.bytes + input.row(image, plane, row),
          run.memory + output.row(image, plane, row),
          count
        )
      }
    }
  }
}
