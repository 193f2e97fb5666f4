import SqueezeOperators
import SqueezeTensor

/// Concatenation of channels in blocks of 16 where inputs start within a block.
struct LaneConcatenation: Kernel {
  let inputs: [Demand]
  let outputs = [Form.blocked]
  private let programs: [LaneProgram]
  private let columns: AlignedBuffer<Int>
  private let kernels: ShapingKernels
  private let threadCount: Int
  private var places: (inputs: [Layout], output: Layout)?

  static func accepts(_ op: Concatenate, _ site: Site) -> Bool {
    let rank = site.outputs[0].shape.rank
    return site.isFloat && site.isInhabited && (2...4).contains(rank)
      && (op.axis == 1 || op.axis == 1 - rank) && site.forms.contains(.blocked)
      && site.outputs[0].shape[1] <= 1 << 16
  }

  init(_ op: Concatenate, _ site: Site) {
    inputs = site.inputs.map { _ in .blocked }
    let lanes = site.inputs.enumerated().flatMap { index, input in
      (0..<input.shape[1]).map {
        (source: LaneProgram.Source(input: index, block: $0 / 16), lane: $0 % 16)
      }
    }
    programs = stride(from: 0, to: lanes.count, by: 16).map {
      LaneProgram(Array(lanes[$0..<min($0 + 16, lanes.count)]))
    }
    columns = AlignedBuffer((0..<Layout.sizes(site.outputs[0].shape)[3]).map { $0 * 16 })
    kernels = site.table.shaping
    threadCount = site.threadCount
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    places = (inputs.map(\.layout), outputs[0].layout)
  }

  func run(_ run: Run) {
    guard let (inputs, output) = places else { return }
    let partition = RowPartition(
      images: output.batch,
      rows: output.height,
      tiles: output.planes,
      bytesPerRow: 0,
      threads: threadCount
    )
    run.pool.forEach(partition.items) { item, _ in
      let part = partition[item]
      let program = programs[part.tile]
      for row in part.rows {
        let target = run.memory + output.row(part.image, part.tile, row)
        if program.isWhole {
          let source = program.sources[0]
          let line = inputs[source.input].row(part.image, source.block, row)
          target.update(from: run.memory + line, count: output.rowCount)
          continue
        }
        program.run(
          kernels,
          offsets: columns.pointer,
          filler: 0,
          into: target,
          pixels: output.width
        ) { UnsafePointer(run.memory + inputs[$0.input].row(part.image, $0.block, row)) }
      }
    }
  }
}
