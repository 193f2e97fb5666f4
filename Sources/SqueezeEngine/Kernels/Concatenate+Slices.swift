import SqueezeOperators
import SqueezeTensor

/// Concatenation of channels in blocks of 16, each input starting a new block.
///
/// The plan lets inputs be made inside the output where it can; only the others are copied.
struct BlockedConcatenation: Kernel {
  let inputs: [Demand]
  let outputs = [Form.blocked]
  /// The first channel of each input in the output.
  let offsets: [Int]
  var slots: [Int?] { offsets }
  private var copies: [(from: Layout, to: Layout)] = []

  static func accepts(_ op: Concatenate, _ site: Site) -> Bool {
    let rank = site.outputs[0].shape.rank
    guard site.isFloat, site.isInhabited, rank == 3 || rank == 4,
      op.axis == 1 || op.axis == 1 - rank,
      site.forms.contains(where: { $0 == .blocked || $0 == .blockedBFloat16 })
    else { return false }
    return offsets(site).allSatisfy { $0 % 16 == 0 }
  }

  private static func offsets(_ site: Site) -> [Int] {
    var next = 0
    return site.inputs.map { input in
      defer { next += input.shape[1] }
      return next
    }
  }

  init(_ op: Concatenate, _ site: Site) {
    inputs = site.inputs.map { _ in .blocked }
    offsets = Self.offsets(site)
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    let output = outputs[0].layout
    copies = zip(inputs, offsets).compactMap { input, offset in
      let from = input.layout
      let to = output.slice(channels: offset..<offset + from.channels)
      return from.origin == to.origin ? nil : (from, to)
    }
  }

  var isDone: Bool { copies.isEmpty }

  func run(_ run: Run) {
    for (from, to) in copies {
      run.pool.forEach(from.batch * from.planes) { item, _ in
        let (image, block) = (item / from.planes, item % from.planes)
        for row in 0..<from.height {
          (run.memory + to.row(image, block, row)).update(
            from: run.memory + from.row(image, block, row),
            count: from.rowCount
          )
        }
      }
    }
  }
}
