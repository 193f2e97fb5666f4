import SqueezeOperators
import SqueezeTensor

/// Concatenation of channels in blocks of 16 bytes, each input starting a new block.
///
/// Inputs on the grid of the output may be made inside it; others are brought to it.
struct IntegerConcatenation: Kernel {
  let inputs: [Demand]
  let outputs: [Form]
  let slots: [Int?]
  private let offsets: [Int]
  private let changes: [GridChange?]
  private var copies: [(from: Layout, to: Layout, change: GridChange?)] = []

  static func accepts(_ op: Quantized<Concatenate>, _ site: Site) -> Bool {
    let rank = site.outputs[0].shape.rank
    return site.isInhabited && (rank == 3 || rank == 4) && op.addition == nil
      && (op.real.axis == 1 || op.real.axis == 1 - rank)
      && offsets(site).allSatisfy { $0 % 16 == 0 }
      && op.inputGrids.allSatisfy { GridChange($0, op.outputGrid, op.limits, site).isModest }
  }

  private static func offsets(_ site: Site) -> [Int] {
    var next = 0
    return site.inputs.map { input in
      defer { next += input.shape[1] }
      return next
    }
  }

  init(_ op: Quantized<Concatenate>, _ site: Site) {
    inputs = op.inputGrids.map { Demand(form: .blockedBytes($0.byteZero)) }
    outputs = [.blockedBytes(op.outputGrid.byteZero)]
    let offsets = Self.offsets(site)
    let changes: [GridChange?] = op.inputGrids.map { grid in
      grid == op.outputGrid && op.limits == grid.wholeRange
        ? nil : GridChange(grid, op.outputGrid, op.limits, site)
    }
    self.offsets = offsets
    self.changes = changes
    slots = zip(offsets, changes).map { $1 == nil ? $0 : nil }
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    let output = outputs[0].layout
    copies = []
    for (index, input) in inputs.enumerated() {
      let (from, offset) = (input.layout, offsets[index])
      let to = output.slice(channels: offset..<offset + from.channels)
      if from.origin != to.origin { copies.append((from, to, changes[index])) }
    }
  }

  func run(_ run: Run) {
    for (from, to, change) in copies {
      if let change {
        change.run(run, from: from, to: to)
        continue
      }
      run.pool.forEach(from.batch * from.planes) { item, _ in
        let (image, block) = (item / from.planes, item % from.planes)
        for row in 0..<from.height {
          (run.bytes + to.row(image, block, row)).update(
            from: run.bytes + from.row(image, block, row),
            count: from.rowCount
          )
        }
      }
    }
  }
}
