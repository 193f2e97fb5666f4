import SqueezeOperators
import SqueezeTensor

/// The mean of each map, 16 channels at a time.
struct BlockedGlobalAveragePool: Kernel {
  let inputs = [Demand.blocked]
  let outputs = [Form.blocked]
  private let table: KernelTable
  private var places: (input: Layout, output: Layout)?

  static func accepts(_ op: GlobalAveragePool, _ site: Site) -> Bool {
    let rank = site.inputs[0].shape.rank
    return site.isFloat && site.isInhabited && (rank == 3 || rank == 4)
  }

  init(_ op: GlobalAveragePool, _ site: Site) { table = site.table }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    places = (inputs[0].layout, outputs[0].layout)
  }

  func run(_ run: Run) {
    guard let (input, output) = places else { return }
    run.pool.forEach(input.batch * input.planes) { item, _ in
      let (image, block) = (item / input.planes, item % input.planes)
      table.poolGlobalAverage(
        run.memory + input.row(image, block),
        input.rowStride,
        input.height,
        input.width,
        run.memory + output.row(image, block)
      )
    }
  }
}
