import CSqueezeKernels
import SqueezeTensor

/// The gradient of a convolution's weights, `∂L/∂w[o, i, t] = Σ ∂L/∂y[o, p] · x[i, p · stride + t]` over
/// all pixels `p` of all images.
protocol WeightGradient: AnyObject {
  var scratchCount: Int { get }
  /// The halos that input and output gradient need beyond those of the passes.
  func inputHalo(height: Int, width: Int) -> Halo
  func outputHalo(height: Int, width: Int) -> Halo
  func bind(input: Layout, output: Layout, scratch: Int)
  /// Writes the gradient; `output` is that of the convolution's output.
  func run(_ run: TrainingRun, _ target: UnsafeMutablePointer<Float>, _ strides: KernelStrides)
}

extension WeightGradient {
  func inputHalo(height: Int, width: Int) -> Halo { .none }
  func outputHalo(height: Int, width: Int) -> Halo { .none }
}

/// Positions of one pass over input and output gradient, small enough to stay in cache.
struct PositionChunk {
  var image: Int
  var row: Int
  /// The positions, counted row by row and image by image.
  var count: Int
}

/// How the pixels of a batch are cut into chunks, all with the same table of places.
struct PositionChunks {
  let chunks: [PositionChunk]
  /// The positions of a whole chunk.
  let capacity: Int
  let images: Int
  let rows: Int
  let width: Int

  /// Cuts `batch` maps of `rows` × `width` pixels into chunks of about `positions`.
  init(batch: Int, rows: Int, width: Int, positions: Int) {
    self.width = width
    let area = rows * width
    if positions >= area {
      images = min(batch, positions / max(1, area))
      self.rows = rows
      chunks = stride(from: 0, to: batch, by: images).map { [images] image in
        PositionChunk(image: image, row: 0, count: min(images, batch - image) * area)
      }
    } else {
      images = 1
      let band = max(1, positions / max(1, width))
      self.rows = band
      chunks = (0..<batch).flatMap { image in
        stride(from: 0, to: rows, by: band).map { row in
          PositionChunk(image: image, row: row, count: min(band, rows - row) * width)
        }
      }
    }
    capacity = images * self.rows * width
  }

  /// Where the positions of a whole chunk lie in a layout, relative to its first.
  func offsets(_ layout: Layout, stride: (row: Int, column: Int) = (1, 1)) -> AlignedBuffer<Int> {
    let offsets = (0..<images).flatMap { image in
      (0..<rows).flatMap { row in
        (0..<width).map { column in
          image * layout.imageStride + row * stride.row * layout.rowStride
            + column * stride.column * layout.form.lanes
        }
      }
    }
    return AlignedBuffer(offsets)
  }
}

/// By outer products of blocks of 16 input and 16 output channels, tap by tap.
final class DirectWeightGradient: WeightGradient {
  private let geometry: PassGeometry
  private let kernels: TrainingKernels
  private let planes: (input: Int, output: Int)
  private let chunks: PositionChunks
  /// How many sums are kept apart, so that threads have enough to do.
  private let parts: Int
  private var bound: Bound?

  private struct Bound {
    var input: Layout
    var output: Layout
    var scratch: Int
    var inputOffsets: AlignedBuffer<Int>
    var outputOffsets: AlignedBuffer<Int>
  }

  /// Prepares for a convolution of this forward geometry.
  init(_ geometry: PassGeometry, kernels: TrainingKernels) {
    self.geometry = geometry
    self.kernels = kernels
    planes = ((geometry.inputChannels + 15) / 16, (geometry.outputChannels + 15) / 16)
    let bytes = (planes.input * geometry.stride.row * geometry.stride.column + planes.output) * 64
    chunks = PositionChunks(
      batch: geometry.batch,
      rows: geometry.rows,
      width: geometry.columns,
      positions: max(128, Self.cacheBytes / bytes)
    )
    let tiles = planes.input * planes.output * geometry.taps.count
    parts = tiles >= Self.enoughItems ? 1 : min(chunks.chunks.count, Self.enoughItems / tiles)
  }

  /// What of input and gradient stays in a usual second-level cache.
  private static let cacheBytes = 640 * 1024
  private static let enoughItems = 16

  func inputHalo(height: Int, width: Int) -> Halo { geometry.halo(height: height, width: width) }

  private var tileCount: Int { planes.input * planes.output * geometry.taps.count }

  var scratchCount: Int { tileCount * parts * 256 }

  func bind(input: Layout, output: Layout, scratch: Int) {
    bound = Bound(
      input: input,
      output: output,
      scratch: scratch,
      inputOffsets: chunks.offsets(input, stride: geometry.stride),
      outputOffsets: chunks.offsets(output)
    )
  }

  func run(
    _ run: TrainingRun,
    _ target: UnsafeMutablePointer<Float>,
    _ strides: KernelStrides
  ) {
    guard let bound else { return }
    let sums = run.memory + bound.scratch
    let taps = geometry.taps.count
    // Pairs of blocks where there are many, else single taps, else several sums of each.
    let tapGroups = planes.input * planes.output >= Self.enoughItems ? 1 : taps
    let items = planes.input * planes.output * tapGroups
    let rounds = (chunks.chunks.count + parts - 1) / parts
    for round in 0..<rounds {
      run.pool.forEach(items * parts) { item, _ in
        let part = item / items
        let position = round * parts + part
        guard position < chunks.chunks.count else { return }
        let pair = item % items / tapGroups
        let group = item % tapGroups
        let tapRange = tapGroups == 1 ? 0..<taps : group..<group + 1
        accumulate(
          run,
          bound,
          chunks.chunks[position],
          blocks: (pair % planes.input, pair / planes.input),
          taps: tapRange,
          sums: sums + (part * tileCount + pair * taps) * 256,
          isFirst: round == 0
        )
      }
    }
    finish(run.pool, sums, target, strides)
  }

  private func accumulate(
    _ run: TrainingRun,
    _ bound: Bound,
    _ chunk: PositionChunk,
    blocks: (input: Int, output: Int),
    taps: Range<Int>,
    sums: UnsafeMutablePointer<Float>,
    isFirst: Bool
  ) {
    let (input, output) = (bound.input, bound.output)
    var arguments = SQOuterProduct(
      x: run.memory,
      xOffsets: bound.inputOffsets.pointer,
      y: run.memory + output.row(chunk.image, blocks.output, chunk.row),
      yOffsets: bound.outputOffsets.pointer,
      count: chunk.count,
      target: sums,
      rows: min(16, geometry.inputChannels - blocks.input * 16),
      accumulates: !isFirst
    )
    let start =
      run.memory + input.row(chunk.image, blocks.input, chunk.row * geometry.stride.row)
    for position in taps {
      let tap = geometry.taps[position]
      arguments.x = UnsafePointer(start + tap.row * input.rowStride + tap.column * 16)
      arguments.target = sums + position * 256
      kernels.accumulateOuterProducts(&arguments)
    }
  }

  /// Adds the parts in order and writes the gradient in the order of the parameter.
  private func finish(
    _ pool: ThreadPool,
    _ sums: UnsafeMutablePointer<Float>,
    _ target: UnsafeMutablePointer<Float>,
    _ strides: KernelStrides
  ) {
    let taps = geometry.taps
    let parts = min(self.parts, chunks.chunks.count)
    pool.forEach(planes.input * planes.output) { pair, _ in
      let start = sums + pair * taps.count * 256
      for part in 1..<max(1, parts) {
        let more = start + part * tileCount * 256
        for i in 0..<taps.count * 256 { start[i] += more[i] }
      }
      BlockedKernel(
        sums: start,
        block: (pair % planes.input, pair / planes.input),
        channels: (geometry.inputChannels, geometry.outputChannels)
      ).write(target, strides, taps: taps.map(\.index))
    }
  }
}

/// The gradients of the kernels between 16 input and 16 output channels, `[taps][16 inputs][16 outputs]`.
struct BlockedKernel {
  let sums: UnsafePointer<Float>
  let block: (input: Int, output: Int)
  let channels: (input: Int, output: Int)

  /// Writes them where the parameter has them.
  func write(_ target: UnsafeMutablePointer<Float>, _ strides: KernelStrides, taps: [Int]) {
    let inputs = min(16, channels.input - block.input * 16)
    let outputs = min(16, channels.output - block.output * 16)
    let start = target + block.output * 16 * strides.output + block.input * 16 * strides.input
    for output in 0..<outputs {
      let row = start + output * strides.output
      for input in 0..<inputs {
        let kernel = row + input * strides.input
        let source = sums + input * 16 + output
        for (position, tap) in taps.enumerated() {
          kernel[tap * strides.tap] = source[position * 256]
        }
      }
    }
  }
}
