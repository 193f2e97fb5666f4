import SqueezeOperators
import SqueezeTensor

/// Average pooling of 16 channels at a time; windows are cut at the image's edge.
struct BlockedAveragePool: Kernel {
  let inputs = [Demand.blocked]
  let outputs = [Form.blocked]
  private let pooling: BlockedPooling
  private var bound: BlockedPooling.Bound?

  static func accepts(_ op: AveragePool, _ site: Site) -> Bool {
    site.isFloat && site.isInhabited
  }

  init(_ op: AveragePool, _ site: Site) {
    pooling = BlockedPooling(
      op.window,
      site,
      kernel: site.table.poolAverage,
      counts: op.windowCounts(input: site.inputs[0].shape, output: site.outputs[0].shape)
    )
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    bound = pooling.bound(inputs[0].layout, outputs[0].layout)
  }

  func run(_ run: Run) {
    if let bound { pooling.run(run, bound) }
  }
}

extension AveragePool {
  /// How many positions a window of each output row counts, and of each output column.
  func windowCounts(input: Shape, output: Shape) -> (rows: [Float], columns: [Float]) {
    let window = window.planar
    let (sizes, outputs) = (Layout.sizes(input), Layout.sizes(output))
    let (begin, end) = window.resolvedPadding(for: [sizes[2], sizes[3]])
    func counts(_ axis: Int) -> [Float] {
      let counted =
        countsPadding ? -begin[axis]..<sizes[axis + 2] + end[axis] : 0..<sizes[axis + 2]
      return (0..<outputs[axis + 2]).map { output in
        let start = output * window.stride[axis] - begin[axis]
        let positions = (0..<window.kernelSize[axis]).map { start + $0 * window.dilation[axis] }
        return Float(max(1, positions.count { counted.contains($0) }))
      }
    }
    return (counts(0), counts(1))
  }
}
