import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// A selection of images, channels, rows and columns in blocks of 16 channels.
///
/// Blocks that stay whole are copied pixel by pixel; others are put together lane by lane.
struct BlockedSelection<Op: SelectingOperator>: Kernel {
  let inputs = [Demand.blocked]
  let outputs: [Form]
  private let pieces: [Piece]
  private let kernels: ShapingKernels
  private let threadCount: Int
  private var places: (input: Layout, outputs: [Layout])?

  static var title: String { "BlockedSelection" }

  private struct Piece: Sendable {
    var images: [Int]
    var programs: [LaneProgram]
    var rows: [Int]
    /// Where each column lies in a row; negative for the filler.
    var columns: AlignedBuffer<Int>
    /// As many negative offsets.
    var nothing: AlignedBuffer<Int>
    /// Where the columns start if they are neighbours.
    var run: Int?
    var filler: Float
  }

  static func accepts(_ op: Op, _ site: Site) -> Bool {
    site.isFloat && site.isInhabited && site.forms[0] == .blocked
      && (2...4).contains(site.inputs[0].shape.rank) && hasSelections(op, site)
  }

  init(_ op: Op, _ site: Site) {
    let selections = (try? op.selections(for: site.inputs[0])) ?? []
    pieces = selections.map { selection in
      var axes = selection.positions
      // [N, C] and [N, C, W] have one row, [N, C] one column.
      if axes.count < 4 { axes.insert([0], at: 2) }
      if axes.count < 4 { axes.insert([0], at: 3) }
      let columns = axes[3]
      let isRun = columns[0] >= 0 && columns.indices.allSatisfy { columns[$0] == columns[0] + $0 }
      return Piece(
        images: axes[0],
        programs: LaneProgram.programs(channels: axes[1]),
        rows: axes[2],
        columns: AlignedBuffer(columns.map { $0 < 0 ? -1 : $0 * 16 }),
        nothing: AlignedBuffer(columns.map { _ in -1 }),
        run: isRun ? columns[0] * 16 : nil,
        filler: selection.filler
      )
    }
    outputs = site.outputs.map { _ in .blocked }
    kernels = site.table.shaping
    threadCount = site.threadCount
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    places = (inputs[0].layout, outputs.map(\.layout))
  }

  func run(_ run: Run) {
    guard let (input, outputs) = places else { return }
    for (piece, output) in zip(pieces, outputs) {
      let partition = RowPartition(
        images: output.batch,
        rows: output.height,
        tiles: output.planes,
        bytesPerRow: 0,
        threads: threadCount
      )
      run.pool.forEach(partition.items) { item, _ in
        let part = partition[item]
        for row in part.rows {
          fill(
            run.memory + output.row(part.image, part.tile, row),
            piece,
            piece.programs[part.tile],
            image: piece.images[part.image],
            row: piece.rows[row],
            input,
            run.memory
          )
        }
      }
    }
  }

  private func fill(
    _ target: UnsafeMutablePointer<Float>,
    _ piece: Piece,
    _ program: LaneProgram,
    image: Int,
    row: Int,
    _ input: Layout,
    _ memory: UnsafePointer<Float>
  ) {
    let isInside = image >= 0 && row >= 0
    let offsets = isInside ? piece.columns : piece.nothing
    func start(_ source: LaneProgram.Source) -> UnsafePointer<Float> {
      memory + input.row(max(image, 0), source.block, max(row, 0))
    }
    let source = start(program.sources[0])
    if program.isWhole, isInside, let run = piece.run {
      target.update(from: source + run, count: offsets.count * 16)
    } else if program.isWhole {
      kernels.selectPixels(source, offsets.pointer, piece.filler, target, offsets.count)
    } else {
      program.run(
        kernels,
        offsets: offsets.pointer,
        filler: piece.filler,
        into: target,
        pixels: offsets.count,
        start: start
      )
    }
  }
}

/// Whether an operator's outputs are selections whose tables are worth keeping.
func hasSelections(_ op: some SelectingOperator, _ site: Site) -> Bool {
  let sizes = site.outputs.flatMap(\.shape.dimensions)
  guard sizes.allSatisfy({ $0 <= 1 << 20 }), site.outputs.count <= 1 << 10 else { return false }
  return (try? op.selections(for: site.inputs[0])) != nil
}
