import SqueezeTensor

/// Copies scattered channels into blocks, for kernels that need 16 channels side by side.
struct ChannelGather: BoundKernel {
  let inputs = [Demand(form: .scattered)]
  let outputs = [Form.blocked]
  private let table: KernelTable
  private var bound: Bound?

  private struct Bound {
    var rowStride: Int
    var output: Layout
    /// The first pixel of each channel, `[N][C]`.
    var origins: AlignedBuffer<Int>
  }

  init(table: KernelTable) { self.table = table }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    let source = inputs[0].channels
    bound = Bound(
      rowStride: source.rowStride,
      output: outputs[0].layout,
      origins: AlignedBuffer(source.origins.flatMap { $0 })
    )
  }

  func run(_ run: Run) {
    guard let bound else { return }
    let output = bound.output
    run.pool.forEach(output.batch * output.planes) { item, _ in
      let (image, block) = (item / output.planes, item % output.planes)
      table.gatherChannels(
        run.memory,
        bound.origins.pointer + image * output.channels + block * 16,
        output.lanes(of: block),
        bound.rowStride,
        run.memory + output.row(image, block),
        output.rowStride,
        output.height,
        output.width
      )
    }
  }
}
