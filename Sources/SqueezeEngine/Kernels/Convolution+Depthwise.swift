import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// Depthwise convolution: one kernel per channel, 16 channels at a time.
struct DepthwiseConvolution: Kernel {
  let inputs: [Demand]
  let outputs = [Form.blocked]
  private let geometry: WindowGeometry
  /// Ordered `[C/16][taps][16]`.
  private let weights: AlignedBuffer<Float>
  private let bias: AlignedBuffer<Float>
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
    let (channels, taps) = (op.outputChannels, geometry.taps)
    weights = AlignedBuffer(count: (channels + 15) / 16 * taps * 16)
    for channel in 0..<channels {
      for tap in 0..<taps {
        weights.pointer[(channel / 16 * taps + tap) * 16 + channel % 16] =
          site.parameters[0].scalars[channel * taps + tap]
      }
    }
    bias = AlignedBuffer(count: (channels + 15) / 16 * 16)
    if op.hasBias { bias.pointer.update(from: site.parameters[1].scalars, count: channels) }
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
        weights: weights.pointer + part.tile * geometry.taps * 16,
        bias: bias.pointer + part.tile * 16,
        output: run.memory + output.row(part.image, part.tile),
        outputRowStride: output.rowStride,
        width: output.width,
        clip: clip
      )
      table.convolveDepthwise(&arguments, part.rows.lowerBound, part.rows.upperBound)
    }
  }
}
