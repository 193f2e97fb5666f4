import SqueezeOperators
import SqueezeTensor

/// Layer normalization row by row.
struct RowLayerNormalization: Kernel {
  let inputs = [Demand.planar]
  let outputs = [Form.planar]
  private let rows: Int
  private let scale: AlignedBuffer<Float>
  private let bias: AlignedBuffer<Float>
  private let epsilon: Float
  private let kernels: ShapingKernels
  private var origins = (input: 0, output: 0)

  static func accepts(_ op: LayerNormalization, _ site: Site) -> Bool {
    site.isFloat && site.isInhabited
  }

  init(_ op: LayerNormalization, _ site: Site) {
    scale = AlignedBuffer(site.parameters[0].scalars)
    bias =
      op.hasBias
      ? AlignedBuffer(site.parameters[1].scalars) : AlignedBuffer(count: scale.count)
    rows = site.inputs[0].shape.count / scale.count
    epsilon = op.epsilon
    kernels = site.table.shaping
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    origins = (inputs[0].layout.origin, outputs[0].layout.origin)
  }

  func run(_ run: Run) {
    let items = min(rows, 64)
    run.pool.forEach(items) { item, _ in
      for row in rows * item / items..<rows * (item + 1) / items {
        kernels.normalizeRow(
          run.memory + origins.input + row * scale.count,
          scale.pointer,
          bias.pointer,
          epsilon,
          run.memory + origins.output + row * scale.count,
          scale.count
        )
      }
    }
  }
}
