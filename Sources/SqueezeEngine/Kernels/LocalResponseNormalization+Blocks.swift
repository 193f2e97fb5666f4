import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// Local response normalization in blocks of 16 channels, for windows that reach no further than the
/// neighbouring blocks.
struct BlockedResponseNormalization: Kernel {
  let inputs = [Demand.blocked]
  let outputs = [Form.blocked]
  private let op: LocalResponseNormalization
  private let kernels: ShapingKernels
  private let threadCount: Int
  private var places: (input: Layout, output: Layout)?

  static func accepts(_ op: LocalResponseNormalization, _ site: Site) -> Bool {
    site.isFloat && site.isInhabited && op.size <= 32
      && (2...4).contains(site.inputs[0].shape.rank)
  }

  init(_ op: LocalResponseNormalization, _ site: Site) {
    self.op = op
    kernels = site.table.shaping
    threadCount = site.threadCount
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    places = (inputs[0].layout, outputs[0].layout)
  }

  func run(_ run: Run) {
    guard let (input, output) = places else { return }
    let partition = RowPartition(
      images: output.batch,
      rows: output.height,
      tiles: output.planes,
      bytesPerRow: 0,
      threads: threadCount
    )
    run.pool.forEach(partition.items) { item, _ in
      let part = partition[item]
      let isLast = part.tile == input.planes - 1
      var arguments = SQResponse(
        before: (op.size - 1) / 2,
        after: op.size / 2,
        previous: -input.planeStride,
        next: input.planeStride,
        hasPrevious: part.tile > 0,
        lanes: input.lanes(of: part.tile),
        nextLanes: isLast ? 0 : input.lanes(of: part.tile + 1),
        alpha: op.alpha / Float(op.size),
        beta: op.beta,
        bias: op.bias
      )
      for row in part.rows {
        kernels.normalizeResponse(
          &arguments,
          run.memory + input.row(part.image, part.tile, row),
          run.memory + output.row(part.image, part.tile, row),
          input.width
        )
      }
    }
  }
}
