import SqueezeOperators
import SqueezeTensor

/// Instance normalization of 16 channels at a time.
struct BlockedInstanceNormalization: Kernel {
  let inputs = [Demand.blocked]
  let outputs = [Form.blocked]
  /// For each block 16 scales and 16 biases.
  private let tables: AlignedBuffer<Float>
  private let epsilon: Float
  private let kernels: ShapingKernels
  private var places: (input: Layout, output: Layout)?

  static func accepts(_ op: InstanceNormalization, _ site: Site) -> Bool {
    site.isFloat && site.isInhabited && (3...4).contains(site.inputs[0].shape.rank)
  }

  init(_ op: InstanceNormalization, _ site: Site) {
    let channels = site.inputs[0].shape[1]
    tables = AlignedBuffer(count: (channels + 15) / 16 * 32)
    let (scale, bias) = (site.parameters[0].scalars, site.parameters[1].scalars)
    for channel in 0..<channels {
      let target = tables.pointer + channel / 16 * 32 + channel % 16
      target[0] = scale[channel]
      target[16] = bias[channel]
    }
    epsilon = op.epsilon
    kernels = site.table.shaping
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    places = (inputs[0].layout, outputs[0].layout)
  }

  func run(_ run: Run) {
    guard let (input, output) = places else { return }
    run.pool.forEach(input.batch * input.planes) { item, _ in
      let (image, block) = (item / input.planes, item % input.planes)
      kernels.normalizeBlock(
        run.memory + input.row(image, block),
        input.rowStride,
        input.height,
        input.width,
        tables.pointer + block * 32,
        epsilon,
        run.memory + output.row(image, block),
        output.rowStride
      )
    }
  }
}
