import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// Convolution of bfloat16 by register tiles, the sums floats.
///
/// Channels in blocks are read in pairs; of an odd number the last would meet a lane that is not there
/// and may hold anything, even no number.
struct BFloat16Convolution: Kernel {
  let inputs: [Demand]
  let outputs = [Form.blockedBFloat16]
  private let core: DotConvolution
  private let bias: AlignedBuffer<Float>
  private let clip: SQClip
  private let table: NarrowKernelTable
  private var bound: DotConvolution.Bound?

  static func accepts(_ op: Convolution, _ site: Site) -> Bool {
    let channels = site.inputs[0].shape[1]
    return site.usesBFloat16 && DotConvolution.accepts(op, site) && !prefersFloats(op, site)
      && (channels % 2 == 0 || (channels <= 4 && op.groups == 1))
  }

  init(_ op: Convolution, _ site: Site) {
    core = DotConvolution(op, site, weights: site.parameters[0].scalars.bfloat16Bits, perWord: 2)
    inputs = [
      Demand(form: core.isPlanar ? .paddedBFloat16 : .blockedBFloat16, halo: core.halo)
    ]
    bias = AlignedBuffer(count: (op.outputChannels + 31) / 32 * 32)
    if op.hasBias {
      bias.pointer.update(from: site.parameters[1].scalars, count: op.outputChannels)
    }
    clip = site.clip
    table = site.table.narrow
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    bound = core.bound(inputs[0].layout, outputs[0].layout)
  }

  func run(_ run: Run) {
    guard let bound else { return }
    let bits = UnsafeRawPointer(bias.pointer).assumingMemoryBound(to: Int32.self)
    core.run(run, bound, bias: bits) { arguments, _, rows in
      arguments.clip = clip
      table.convolveBFloat16(&arguments, rows.lowerBound, rows.upperBound)
    }
  }
}

extension Site {
  /// Whether floats are to be computed as bfloat16 here.
  var usesBFloat16: Bool { precision == .bfloat16 && isFloat && isInhabited }
}

/// Depthwise convolution of bfloat16, 16 channels at a time, the sums floats.
struct BFloat16Depthwise: Kernel {
  let inputs: [Demand]
  let outputs = [Form.blockedBFloat16]
  private let geometry: WindowGeometry
  /// Ordered `[C/16][taps][16]`, rounded to bfloat16.
  private let weights: AlignedBuffer<Float>
  private let bias: AlignedBuffer<Float>
  private let clip: SQClip
  private let table: NarrowKernelTable
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
    return site.usesBFloat16 && op.groups == channels && op.outputChannels == channels
      && channels > 1 && WindowGeometry(op, site).hasModestHalo
  }

  init(_ op: Convolution, _ site: Site) {
    geometry = WindowGeometry(op, site)
    inputs = [Demand(form: .blockedBFloat16, halo: geometry.halo)]
    let (channels, taps) = (op.outputChannels, geometry.taps)
    weights = AlignedBuffer(count: (channels + 15) / 16 * taps * 16)
    let bits = site.parameters[0].scalars.bfloat16Bits
    for channel in 0..<channels {
      for tap in 0..<taps {
        weights.pointer[(channel / 16 * taps + tap) * 16 + channel % 16] =
          Float(bitPattern: UInt32(bits[channel * taps + tap]) << 16)
      }
    }
    bias = AlignedBuffer(count: (channels + 15) / 16 * 16)
    if op.hasBias { bias.pointer.update(from: site.parameters[1].scalars, count: channels) }
    clip = site.clip
    table = site.table.narrow
    threadCount = site.threadCount
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    let (input, output) = (inputs[0].layout, outputs[0].layout)
    let partition = RowPartition(
      images: output.batch,
      rows: output.height,
      tiles: output.planes,
      bytesPerRow: 0,
      threads: threadCount
    )
    let offsets = AlignedBuffer(geometry.tapOffsets(input).map { $0 * 2 })
    bound = Bound(input: input, output: output, offsets: offsets, partition: partition)
  }

  func run(_ run: Run) {
    guard let bound else { return }
    let (input, output) = (bound.input, bound.output)
    let start = geometry.firstTap(input)
    run.pool.forEach(bound.partition.items) { item, _ in
      let part = bound.partition[item]
      var arguments = SQBFloat16Depthwise(
        input: run.bytes + (input.row(part.image, part.tile) + start) * 2,
        inputPixelStride: geometry.stride[1] * 32,
        inputRowStride: geometry.stride[0] * input.rowStride * 2,
        offsets: bound.offsets.pointer,
        taps: geometry.taps,
        weights: weights.pointer + part.tile * geometry.taps * 16,
        bias: bias.pointer + part.tile * 16,
        output: run.bytes + output.row(part.image, part.tile) * 2,
        outputRowStride: output.rowStride * 2,
        width: output.width,
        clip: clip
      )
      table.convolveDepthwiseBFloat16(&arguments, part.rows.lowerBound, part.rows.upperBound)
    }
  }
}
