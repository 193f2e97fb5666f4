import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// Depthwise convolution of bytes, 16 channels at a time, up to 4 taps of a row in one dot product.
struct IntegerDepthwise: Kernel {
  let inputs: [Demand]
  let outputs: [Form]
  private let geometry: WindowGeometry
  private let weights: IntegerWeights
  /// Ordered `[C/16][rows of the kernel][words][2][16]`.
  private let words: AlignedBuffer<Int32>
  private let wordsPerRow: Int
  private let table: NarrowKernelTable
  private let range: SQByteRange
  private let threadCount: Int
  private var bound: (input: Layout, output: Layout, partition: RowPartition)?

  static func accepts(_ op: Quantized<Convolution>, _ site: Site) -> Bool {
    let channels = site.inputs[0].shape[1]
    let geometry = WindowGeometry(op.real, site)
    return site.isInhabited && op.addition == nil && op.real.groups == channels
      && op.real.outputChannels == channels && channels > 1 && geometry.dilation[1] == 1
      && geometry.kernel[1] <= 16 && geometry.stride[1] <= 3 && geometry.hasModestHalo
      && op.weightGrid != nil
  }

  init(_ op: Quantized<Convolution>, _ site: Site) {
    let geometry = WindowGeometry(op.real, site)
    let weights = IntegerWeights(op, site.parameters)
    inputs = [Demand(form: .blockedBytes(op.inputGrids[0].byteZero), halo: geometry.halo)]
    outputs = [.blockedBytes(op.outputGrid.byteZero)]
    // A kernel moved by one tap, for the pixel after, is one tap longer.
    wordsPerRow = (geometry.kernel[1] + (geometry.stride[1] == 1 ? 1 : 0) + 3) / 4
    let (rows, columns) = (geometry.kernel[0], geometry.kernel[1])
    let channels = op.real.outputChannels
    words = AlignedBuffer(count: (channels + 15) / 16 * rows * wordsPerRow * 32)
    for channel in 0..<channels {
      for row in 0..<rows {
        let start = ((channel / 16 * rows + row) * wordsPerRow) * 32 + channel % 16
        for column in 0..<columns {
          let value = Int32(weights.bits[(channel * rows + row) * columns + column])
          words.pointer[start + column / 4 * 32] |= value << Int32(column % 4 * 8)
          let next = column + 1
          if next < wordsPerRow * 4 {
            words.pointer[start + next / 4 * 32 + 16] |= value << Int32(next % 4 * 8)
          }
        }
      }
    }
    self.geometry = geometry
    self.weights = weights
    range = op.outputGrid.byteRange(op.limits)
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
    bound = (input, output, partition)
  }

  func run(_ run: Run) {
    guard let (input, output, partition) = bound else { return }
    let start = geometry.firstTap(input)
    let wordsPerBlock = geometry.kernel[0] * wordsPerRow * 32
    run.pool.forEach(partition.items) { item, _ in
      let part = partition[item]
      var arguments = SQByteDepthwise(
        input: run.bytes + input.row(part.image, part.tile) + start,
        inputPixelStride: geometry.stride[1] * 16,
        inputRowStride: geometry.stride[0] * input.rowStride,
        tapRowStride: geometry.dilation[0] * input.rowStride,
        tapRows: geometry.kernel[0],
        words: wordsPerRow,
        weights: words.pointer + part.tile * wordsPerBlock,
        bias: weights.bias.pointer + part.tile * 16,
        scales: weights.scales.pointer + part.tile * 16,
        range: range,
        output: run.bytes + output.row(part.image, part.tile),
        outputRowStride: output.rowStride,
        width: output.width
      )
      table.convolveDepthwiseBytes(&arguments, part.rows.lowerBound, part.rows.upperBound)
    }
  }
}
