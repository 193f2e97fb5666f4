import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// Depthwise convolution: one kernel per channel, 16 channels at a time.
struct DepthwiseConvolution: Kernel {
  let inputs: [Demand]
  let outputs = [Form.blocked]
  private let geometry: WindowGeometry
  private let weights: DepthwiseWeights
  private let table: KernelTable
  private let clip: SQClip
  private let threadCount: Int
  private var bound: Bound?

  private struct Bound {
    var input: Layout
    var output: Layout
    var offsets: AlignedBuffer<Int>
    var partition: RowPartition
  }

  static func accepts(_ op: Convolution, _ site: Site) -> Bool {
    let channels = site.inputs[0].shape[1]
    return site.isPlain && site.isFloat && site.isInhabited && op.groups == channels
      && op.outputChannels == channels && channels > 1
      && WindowGeometry(op, site).hasModestHalo
  }

  init(_ op: Convolution, _ site: Site) {
    geometry = WindowGeometry(op, site)
    inputs = [.blocked(geometry.halo)]
    weights = DepthwiseWeights(op, site.parameters, taps: geometry.taps)
    table = site.table
    clip = site.clip
    threadCount = site.threadCount
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    let (input, output) = (inputs[0].layout, outputs[0].layout)
    bound = Bound(
      input: input,
      output: output,
      offsets: AlignedBuffer(geometry.tapOffsets(input)),
      partition: RowPartition(
        images: output.batch,
        rows: output.height,
        tiles: output.planes,
        bytesPerRow: 0,
        threads: threadCount
      )
    )
  }

  func run(_ run: Run) {
    guard let bound else { return }
    let (input, output) = (bound.input, bound.output)
    let start = geometry.firstTap(input)
    run.pool.forEach(bound.partition.items) { item, _ in
      let part = bound.partition[item]
      var arguments = SQDepthwise(
        input: run.memory + input.row(part.image, part.tile) + start,
        inputPixelStride: geometry.stride[1] * 16,
        inputRowStride: geometry.stride[0] * input.rowStride,
        offsets: bound.offsets.pointer,
        taps: geometry.taps,
        weights: weights.weights.pointer + part.tile * geometry.taps * 16,
        bias: weights.bias.pointer + part.tile * 16,
        output: run.memory + output.row(part.image, part.tile),
        outputPixelStride: 16,
        outputRowStride: output.rowStride,
        width: output.width,
        residual: nil,
        clip: clip
      )
      table.convolveDepthwise(&arguments, part.rows.lowerBound, part.rows.upperBound)
    }
  }
}
