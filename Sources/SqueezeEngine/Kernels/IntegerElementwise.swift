import CSqueezeKernels
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// The sum of two values of bytes, each on a grid of its own.
struct IntegerAdd: Kernel {
  let inputs: [Demand]
  let outputs: [Form]
  private let factors: SumFactors
  private let range: SQByteRange
  private let table: NarrowKernelTable
  private var places: (a: Layout, b: Layout, output: Layout)?

  static func accepts(_ op: Quantized<Add>, _ site: Site) -> Bool {
    site.isInhabited && op.addition == nil && site.inputs[0].shape == site.inputs[1].shape
      && (2...4).contains(site.inputs[0].shape.rank)
      && SumFactors(op.inputGrids[0], op.inputGrids[1], op.outputGrid).isModest
  }

  init(_ op: Quantized<Add>, _ site: Site) {
    inputs = op.inputGrids.map { Demand(form: .blockedBytes($0.byteZero)) }
    outputs = [.blockedBytes(op.outputGrid.byteZero)]
    factors = SumFactors(op.inputGrids[0], op.inputGrids[1], op.outputGrid)
    range = op.outputGrid.byteRange(op.limits)
    table = site.table.narrow
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    places = (inputs[0].layout, inputs[1].layout, outputs[0].layout)
  }

  func run(_ run: Run) {
    guard let (a, b, output) = places else { return }
    run.pool.forEach(a.batch * a.planes) { item, _ in
      let (image, plane) = (item / a.planes, item % a.planes)
      forEachRow(a, output, b) { row, count in
        table.addBytes(
          factors.a,
          factors.b,
          factors.c,
          range,
          run.bytes + a.row(image, plane, row),
          run.bytes + b.row(image, plane, row),
          run.bytes + output.row(image, plane, row),
          count
        )
      }
    }
  }
}

/// An activation that only clips, perhaps with a change of grid.
struct IntegerClip<Op: VectorFunction>: Kernel {
  let inputs: [Demand]
  let outputs: [Form]
  private let change: GridChange
  private var places: (input: Layout, output: Layout)?

  static var title: String { "IntegerClip" }

  static func accepts(_ op: Quantized<Op>, _ site: Site) -> Bool {
    site.isInhabited && op.addition == nil && (2...4).contains(site.inputs[0].shape.rank)
      && GridChange(op.inputGrids[0], op.outputGrid, op.limits, site).isModest
  }

  init(_ op: Quantized<Op>, _ site: Site) {
    inputs = [Demand(form: .blockedBytes(op.inputGrids[0].byteZero))]
    outputs = [.blockedBytes(op.outputGrid.byteZero)]
    change = GridChange(op.inputGrids[0], op.outputGrid, op.limits, site)
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    places = (inputs[0].layout, outputs[0].layout)
  }

  func run(_ run: Run) {
    if let (input, output) = places { change.run(run, from: input, to: output) }
  }
}

/// Brings bytes from one grid to another.
struct GridChange: Sendable {
  private let scale: Float
  private let zeroPoint: Int32
  private let range: SQByteRange
  private let table: NarrowKernelTable

  init(
    _ source: QuantizationGrid,
    _ target: QuantizationGrid,
    _ limits: ClosedRange<Int>,
    _ site: Site
  ) {
    scale = source.scales[0] / target.scales[0]
    zeroPoint = Int32(source.byteZero)
    range = target.byteRange(limits)
    table = site.table.narrow
  }

  /// Whether no result is beyond what rounding takes.
  var isModest: Bool { scale < 0x1p20 }

  func run(_ run: Run, from input: Layout, to output: Layout) {
    run.pool.forEach(input.batch * input.planes) { item, _ in
      let (image, plane) = (item / input.planes, item % input.planes)
      forEachRow(input, output) { row, count in
        table.requantizeBytes(
          scale,
          zeroPoint,
          range,
          run.bytes + input.row(image, plane, row),
          run.bytes + output.row(image, plane, row),
          count
        )
      }
    }
  }
}
