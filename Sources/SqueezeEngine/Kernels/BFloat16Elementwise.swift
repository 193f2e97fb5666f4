import CSqueezeKernels
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

// Element by element: rows of bfloat16 are widened into scratch memory, computed by the kernels on
// floats, and narrowed again.

/// An activation of bfloat16.
struct BFloat16Activation<Op: VectorFunction>: Kernel {
  let inputs = [Demand(form: .blockedBFloat16)]
  let outputs = [Form.blockedBFloat16]
  private let formula: VectorFormula
  private let clip: SQClip
  private let rows: BFloat16Rows
  private var bound: (layouts: [Layout], scratch: Int)?

  static var title: String { "BFloat16Activation" }

  static func accepts(_ op: Op, _ site: Site) -> Bool {
    site.usesBFloat16 && site.forms[0] == .blockedBFloat16 && op.vectorFunction != nil
  }

  init(_ op: Op, _ site: Site) {
    formula = op.vectorFunction ?? VectorFormula(function: SQUnaryIdentity)
    clip = formula.clip.then(site.clip)
    rows = BFloat16Rows(site)
  }

  var scratchCount: Int { rows.scratchCount(1) }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    bound = ([inputs[0].layout, outputs[0].layout], scratch)
  }

  func run(_ run: Run) {
    guard let bound else { return }
    rows.forEach(run, bound.layouts, scratch: bound.scratch) { _, x, count in
      rows.floats.applyUnary(formula.function, formula.a, formula.b, clip, x, x, count)
    }
  }
}

/// Two values of bfloat16 of one shape combined.
struct BFloat16Binary<Op: VectorCombination>: Kernel {
  let inputs = [Demand(form: .blockedBFloat16), Demand(form: .blockedBFloat16)]
  let outputs = [Form.blockedBFloat16]
  private let clip: SQClip
  private let rows: BFloat16Rows
  private var bound: (layouts: [Layout], scratch: Int)?

  static var title: String { "BFloat16Binary" }

  static func accepts(_ op: Op, _ site: Site) -> Bool {
    site.usesBFloat16 && site.inputs[0].shape == site.inputs[1].shape
      && site.forms.contains(.blockedBFloat16)
  }

  init(_ op: Op, _ site: Site) {
    clip = site.clip
    rows = BFloat16Rows(site)
  }

  var scratchCount: Int { rows.scratchCount(2) }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    bound = (inputs.map(\.layout) + [outputs[0].layout], scratch)
  }

  func run(_ run: Run) {
    guard let bound else { return }
    rows.forEach(run, bound.layouts, scratch: bound.scratch) { _, x, count in
      rows.floats
        .applyBinary(Op.vectorCombination, clip, x, x + BFloat16Rows.chunk, 16, x, count)
    }
  }
}

/// A formula per channel on bfloat16.
struct BFloat16Channels<Op: ChannelOperator>: Kernel {
  let inputs = [Demand(form: .blockedBFloat16)]
  let outputs = [Form.blockedBFloat16]
  /// For each block 16 slopes, 16 slopes of negative numbers and 16 offsets.
  private let tables: AlignedBuffer<Float>
  private let clip: SQClip
  private let rows: BFloat16Rows
  private var bound: (layouts: [Layout], scratch: Int)?

  static var title: String { "BFloat16Channels" }

  static func accepts(_ op: Op, _ site: Site) -> Bool {
    site.usesBFloat16 && site.forms[0] == .blockedBFloat16
      && op.channelFormula(site.inputs[0].shape, site.parameters) != nil
  }

  init(_ op: Op, _ site: Site) {
    let shape = site.inputs[0].shape
    tables = AlignedBuffer(count: (shape[1] + 15) / 16 * 48)
    if let formula = op.channelFormula(shape, site.parameters) {
      for channel in 0..<shape[1] {
        let target = tables.pointer + channel / 16 * 48 + channel % 16
        target[0] = formula.slopes[channel]
        target[16] = formula.negativeSlopes[channel]
        target[32] = formula.offsets[channel]
      }
    }
    clip = site.clip
    rows = BFloat16Rows(site)
  }

  var scratchCount: Int { rows.scratchCount(1) }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    bound = ([inputs[0].layout, outputs[0].layout], scratch)
  }

  func run(_ run: Run) {
    guard let bound else { return }
    rows.forEach(run, bound.layouts, scratch: bound.scratch) { plane, x, count in
      let formula = tables.pointer + plane * 48
      rows.floats.applyChannels(formula, formula + 16, formula + 32, clip, x, x, count / 16)
    }
  }
}

/// Widens rows of blocks, lets them be computed in place and narrows the first.
struct BFloat16Rows: Sendable {
  let floats: KernelTable
  private let narrow: NarrowKernelTable

  init(_ site: Site) {
    floats = site.table
    narrow = site.table.narrow
  }

  /// The numbers computed at a time, a multiple of 16.
  static let chunk = 1024

  /// The floats of scratch memory for some inputs.
  func scratchCount(_ inputs: Int) -> Int { inputs * Self.chunk }

  /// Calls `body` with chunks of all inputs, ``chunk`` floats apart; the last layout is the output's.
  func forEach(
    _ run: Run,
    _ layouts: [Layout],
    scratch: Int,
    _ body: (_ plane: Int, _ x: UnsafeMutablePointer<Float>, _ count: Int) -> Void
  ) {
    let inputs = layouts.count - 1
    let output = layouts[inputs]
    run.pool.forEach(output.batch * output.planes) { item, thread in
      let (image, plane) = (item / output.planes, item % output.planes)
      let x = run.memory + scratch + thread * scratchCount(inputs)
      forEachRow(layouts[0], output, layouts[layouts.count / 2]) { row, total in
        for start in stride(from: 0, to: total, by: Self.chunk) {
          let count = min(Self.chunk, total - start)
          for (index, layout) in layouts.prefix(inputs).enumerated() {
            let source = run.bytes + (layout.row(image, plane, row) + start) * 2
            narrow.widenBFloat16(source, x + index * Self.chunk, count)
          }
          body(plane, x, count)
          narrow.narrowBFloat16(x, run.bytes + (output.row(image, plane, row) + start) * 2, count)
        }
      }
    }
  }
}
