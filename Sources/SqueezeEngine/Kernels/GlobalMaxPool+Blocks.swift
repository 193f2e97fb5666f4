import SqueezeOperators
import SqueezeTensor

/// The largest number of each map, as max pooling by a window of the map's size.
struct BlockedGlobalMaxPool: Kernel {
  let inputs = [Demand.blocked]
  let outputs = [Form.blocked]
  private let pooling: BlockedPooling
  private var bound: BlockedPooling.Bound?

  static func accepts(_ op: GlobalMaxPool, _ site: Site) -> Bool {
    let rank = site.inputs[0].shape.rank
    return site.isFloat && site.isInhabited && (rank == 3 || rank == 4)
  }

  init(_ op: GlobalMaxPool, _ site: Site) {
    let spatial = Array(site.inputs[0].shape.dimensions[2...])
    pooling = BlockedPooling(
      SlidingWindow(kernelSize: spatial),
      site,
      kernel: site.table.poolMaximum
    )
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    bound = pooling.bound(inputs[0].layout, outputs[0].layout)
  }

  func run(_ run: Run) {
    if let bound { pooling.run(run, bound) }
  }
}
