import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// Transposed convolution of bfloat16 whose windows do not overlap: every tap of the kernel is a
/// pointwise convolution that writes each `stride`-th pixel.
struct BFloat16Transposed: Kernel {
  let inputs = [Demand(form: .blockedBFloat16)]
  let outputs = [Form.blockedBFloat16]
  private let kernel: [Int]
  private let inputChannels: Int
  /// The weights of each tap.
  private let weights: [DotWeights]
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

  static func accepts(_ op: TransposedConvolution, _ site: Site) -> Bool {
    let window = op.window
    let ones = window.kernelSize.map { _ in 1 }
    let isWhole =
      op.extra.allSatisfy { $0 == 0 } && (op.cut.begin + op.cut.end).allSatisfy { $0 == 0 }
    return site.usesBFloat16 && op.groups == 1 && window.kernelSize == window.stride
      && window.dilation == ones && isWhole && window.kernelSize.reduce(1, *) <= 64
  }

  init(_ op: TransposedConvolution, _ site: Site) {
    let planar = op.window.planar
    kernel = planar.kernelSize
    inputChannels = site.inputs[0].shape[1]
    let (inputs, outputs, taps) = (inputChannels, op.outputChannels, kernel[0] * kernel[1])
    let bits = site.parameters[0].scalars.bfloat16Bits
    weights = (0..<taps).map { tap in
      var own = [UInt16](repeating: 0, count: inputs * outputs)
      for input in 0..<inputs {
        for output in 0..<outputs {
          own[output * inputs + input] = bits[(input * outputs + output) * taps + tap]
        }
      }
      return DotWeights(
        own,
        inputChannels: inputs,
        outputChannels: outputs,
        taps: 1,
        groups: 1,
        input: .blocks,
        perWord: 2,
        widest: site.table.convolutionChannels
      )
    }
    bias = AlignedBuffer(count: (outputs + 31) / 32 * 32)
    if op.hasBias { bias.pointer.update(from: site.parameters[1].scalars, count: outputs) }
    clip = site.clip
    table = site.table.narrow
    threadCount = site.threadCount
  }

  mutating func bind(inputs: [Place], outputs: [Place], scratch: Int) {
    let (input, output) = (inputs[0].layout, outputs[0].layout)
    let partition = RowPartition(
      images: input.batch,
      rows: input.height,
      tiles: weights.count * weights[0].tiles.count,
      bytesPerRow: input.planes * input.rowStride * 2,
      threads: threadCount
    )
    let offsets = AlignedBuffer((0..<input.planes).map { $0 * input.planeStride * 2 })
    bound = Bound(input: input, output: output, offsets: offsets, partition: partition)
  }

  func run(_ run: Run) {
    guard let bound else { return }
    let (input, output) = (bound.input, bound.output)
    run.pool.forEach(bound.partition.items) { item, _ in
      let part = bound.partition[item]
      let tilesPerTap = weights[0].tiles.count
      let (tap, packed) = (part.tile / tilesPerTap, weights[part.tile / tilesPerTap])
      let tile = packed.tiles[part.tile % tilesPerTap]
      let (row, column) = (tap / kernel[1], tap % kernel[1])
      let first = output.row(part.image, tile.firstChannel / 16, row) + column * 16
      var arguments = SQDotConvolution(
        input: run.bytes + input.row(part.image, 0) * 2,
        offsets: bound.offsets.pointer,
        weights: packed.words.pointer + tile.offset,
        bias: bias.pointer + tile.firstChannel,
        output: run.bytes + first * 2,
        channels: tile.channels
      )
      arguments.inputPixelStride = 32
      arguments.inputRowStride = input.rowStride * 2
      arguments.runs = tile.fullPlanes
      arguments.runLength = 8
      arguments.tailRuns = tile.tailWords > 0 ? 1 : 0
      arguments.tailLength = tile.tailWords
      arguments.outputPixelStride = kernel[1] * 32
      arguments.outputRowStride = kernel[0] * output.rowStride * 2
      arguments.outputBlockStride = output.planeStride * 2
      arguments.width = input.width
      arguments.clip = clip
      table.convolveBFloat16(&arguments, part.rows.lowerBound, part.rows.upperBound)
    }
  }
}
