import SqueezeOperators
import SqueezeTensor

/// Bilinear resizing of 16 channels at a time: rows first, then columns.
struct LinearResize: Kernel {
  let inputs = [Demand.blocked]
  let outputs = [Form.blocked]
  let scratchCount: Int
  private let rows: [Resize.Point]
  private let offsets: AlignedBuffer<Int>
  private let weights: AlignedBuffer<Float>
  private let kernels: ShapingKernels
  private let threadCount: Int
  private var places: (input: Layout, output: Layout, scratch: Int)?

  static func accepts(_ op: Resize, _ site: Site) -> Bool {
    let shape = site.inputs[0].shape
    guard site.isFloat, site.isInhabited, op.interpolation == .linear,
      shape.rank == 3 || shape.rank == 4,
      site.outputs[0].shape.dimensions.allSatisfy({ $0 <= 1 << 20 }),
      let axes = try? op.interpolations(for: shape)
    else { return false }
    return axes[0] == nil && axes[1] == nil
  }

  init(_ op: Resize, _ site: Site) {
    let shape = site.inputs[0].shape
    var axes = (try? op.interpolations(for: shape)) ?? []
    if shape.rank == 3 { axes.insert(nil, at: 2) }
    let output = Layout.sizes(site.outputs[0].shape)
    func points(_ axis: Int) -> [Resize.Point] {
      axes[axis] ?? (0..<output[axis]).map { Resize.Point(low: $0, high: $0, weight: 0) }
    }
    rows = points(2)
    let columns = points(3)
    offsets = AlignedBuffer(columns.flatMap { [$0.low * 16, $0.high * 16] })
    weights = AlignedBuffer(columns.map(\.weight))
    scratchCount = Layout.sizes(shape)[3] * 16
    kernels = site.table.shaping
    threadCount = site.threadCount
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    places = (inputs[0].layout, outputs[0].layout, scratch)
  }

  func run(_ run: Run) {
    guard let (input, output, scratch) = places else { return }
    let partition = RowPartition(
      images: output.batch,
      rows: output.height,
      tiles: output.planes,
      bytesPerRow: 0,
      threads: threadCount
    )
    run.pool.forEach(partition.items) { item, thread in
      let part = partition[item]
      let line = run.memory + scratch + thread * scratchCount
      for row in part.rows {
        let point = rows[row]
        var source = run.memory + input.row(part.image, part.tile, point.low)
        if point.weight != 0 {
          let next = run.memory + input.row(part.image, part.tile, point.high)
          kernels.blendRows(source, next, point.weight, line, scratchCount)
          source = line
        }
        kernels.blendPixels(
          source,
          offsets.pointer,
          weights.pointer,
          run.memory + output.row(part.image, part.tile, row),
          output.width
        )
      }
    }
  }
}
