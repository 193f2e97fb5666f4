import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// Max pooling of 16 channels at a time; windows are cut at the image's edge.
struct BlockedMaxPool: Kernel {
  let inputs = [Demand.blocked]
  let outputs = [Form.blocked]
  private let pooling: BlockedPooling

  static func accepts(_ op: MaxPool, _ site: Site) -> Bool { site.isFloat && site.isInhabited }

  init(_ op: MaxPool, _ site: Site) {
    pooling = BlockedPooling(op.window, site, kernel: site.table.poolMaximum)
  }

  private var bound: BlockedPooling.Bound?

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    bound = pooling.bound(inputs[0].layout, outputs[0].layout)
  }

  func run(_ run: Run) {
    if let bound { pooling.run(run, bound) }
  }
}
