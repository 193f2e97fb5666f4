import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// A selection along any axes of a value in the order of `Tensor`.
struct PlanarSelection<Op: SelectingOperator>: Kernel {
  let inputs = [Demand.planar]
  let outputs: [Form]
  private let pieces: [Piece]
  private var places: (input: Int, outputs: [Int]) = (0, [])

  static var title: String { "PlanarSelection" }

  /// The rows of one output, and the offsets of their elements.
  private struct Piece: Sendable {
    /// The sizes of all axes but the last, and for each position the offset in the input or −1.
    var outer: [AlignedBuffer<Int>]
    var inner: AlignedBuffer<Int>
    /// Where a row starts if its elements are neighbours.
    var run: Int?
    var filler: Float

    var rows: Int { outer.reduce(1) { $0 * $1.count } }
  }

  static func accepts(_ op: Op, _ site: Site) -> Bool {
    site.isFloat && site.isInhabited && site.inputs[0].shape.rank > 0 && hasSelections(op, site)
  }

  init(_ op: Op, _ site: Site) {
    let strides = site.inputs[0].shape.strides
    let selections = (try? op.selections(for: site.inputs[0])) ?? []
    pieces = selections.map { selection in
      let offsets = zip(selection.positions, strides).map { positions, stride in
        AlignedBuffer(positions.map { $0 < 0 ? -1 : $0 * stride })
      }
      let inner = selection.positions[selection.shape.rank - 1]
      let isRun = inner[0] >= 0 && inner.indices.allSatisfy { inner[$0] == inner[0] + $0 }
      return Piece(
        outer: Array(offsets.dropLast()),
        inner: offsets[offsets.count - 1],
        run: isRun ? inner[0] : nil,
        filler: selection.filler
      )
    }
    outputs = site.outputs.map { _ in .planar }
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    places = (inputs[0].layout.origin, outputs.map(\.layout.origin))
  }

  func run(_ run: Run) {
    for (piece, origin) in zip(pieces, places.outputs) {
      let (source, target) = (run.memory + places.input, run.memory + origin)
      let items = Swift.min(piece.rows, 64)
      run.pool.forEach(items) { item, _ in
        for row in piece.rows * item / items..<piece.rows * (item + 1) / items {
          fill(target + row * piece.inner.count, piece, row, source)
        }
      }
    }
  }

  private func fill(
    _ target: UnsafeMutablePointer<Float>,
    _ piece: Piece,
    _ row: Int,
    _ source: UnsafePointer<Float>
  ) {
    var (rest, start) = (row, 0)
    var isInside = true
    for axis in piece.outer.reversed() {
      let offset = axis.pointer[rest % axis.count]
      isInside = isInside && offset >= 0
      start += offset
      rest /= axis.count
    }
    let count = piece.inner.count
    if !isInside {
      target.update(repeating: piece.filler, count: count)
    } else if let run = piece.run {
      target.update(from: source + start + run, count: count)
    } else {
      for i in 0..<count {
        let offset = piece.inner.pointer[i]
        target[i] = offset < 0 ? piece.filler : source[start + offset]
      }
    }
  }
}
