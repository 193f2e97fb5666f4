import CSqueezeKernels
import SqueezeTensor

/// Where the taps of a convolution are and which pixels it computes.
struct PassGeometry {
  var inputChannels: Int
  var outputChannels: Int
  var batch: Int
  /// The height and width of the input.
  var inputSize: (height: Int, width: Int)
  /// The output pixels computed, rows and columns.
  var rows: Int
  var columns: Int
  /// For output pixel (0, 0), the input pixel of each tap, and which tap of the kernel it is.
  var taps: [(row: Int, column: Int, index: Int)]
  /// From one output pixel to the next, so many input pixels.
  var stride = (row: 1, column: 1)
  /// Computed pixel (0, 0) in the output, and from one to the next.
  var targetOffset = (row: 0, column: 0)
  var targetStride = (row: 1, column: 1)

  /// The halo of an input of some size.
  func halo(height: Int, width: Int) -> Halo {
    let (ys, xs) = (taps.map(\.row), taps.map(\.column))
    return Halo(
      top: max(0, -(ys.min() ?? 0)),
      left: max(0, -(xs.min() ?? 0)),
      bottom: max(0, (rows - 1) * stride.row + (ys.max() ?? 0) - (height - 1)),
      right: max(0, (columns - 1) * stride.column + (xs.max() ?? 0) - (width - 1))
    )
  }

  /// Whether each pixel sees just the one at its place.
  var isPointwise: Bool {
    taps.count == 1 && taps[0].row == 0 && taps[0].column == 0 && stride == (1, 1)
      && targetStride == (1, 1)
  }
}

/// How the weights of a pass lie in the parameter: strides from one output channel of the pass, one input
/// channel and one tap of the kernel to the next.
struct KernelStrides {
  var output: Int
  var input: Int
  var tap = 1
}

/// A convolution between values of a training plan, whose weights change from step to step.
///
/// It serves the forward pass as well as the gradient of the input, which is a convolution with input
/// and output channels exchanged.
protocol ConvolutionPass: AnyObject {
  var geometry: PassGeometry { get }
  var scratchCount: Int { get }
  /// The halo of an input of some size.
  func halo(height: Int, width: Int) -> Halo
  func bind(input: Layout, output: Layout, scratch: Int)
  func pack(_ weights: UnsafePointer<Float>, _ strides: KernelStrides, _ pool: ThreadPool)
  /// Computes the output; with `accumulates` it is added to what is there.
  func run(
    _ run: TrainingRun,
    bias: UnsafePointer<Float>?,
    clip: SQClip,
    accumulates: Bool
  )
}

/// A pass by register tiles, for every geometry.
///
/// Sums run over the kernel's rows, then blocks of input channels, then taps of a row, so that an output
/// row near the edge leaves out the kernel's rows that see zeros only: on an 8 × 8 map a third of a 5 × 5
/// kernel's products.
final class DirectPass: ConvolutionPass {
  let geometry: PassGeometry
  let scratchCount = 0
  private let tiles: [ConvolutionWeights.Tile]
  private let extents: [ConvolutionWeights.Extent]
  private let weights: AlignedBuffer<Float>
  private let zeros: AlignedBuffer<Float>
  private let lanes: Int
  private let table: KernelTable
  private let transpose:
    @Sendable (UnsafePointer<Float>, Int, Int, Int, UnsafeMutablePointer<Float>, Int) -> Void
  private let threadCount: Int
  private var bound: Bound?

  private struct Bound {
    var input: Layout
    var output: Layout
    var offsets: [AlignedBuffer<Int>]
    var rows: PixelRows
    var isFlat: Bool
    var partition: RowPartition
    /// For each output row, the kernel's rows that see the input.
    var seen: [Range<Int>]
  }

  /// The rows of the kernel: the input row of each for output row 0, and its taps.
  private let tapRows: [(row: Int, taps: [(column: Int, index: Int)])]

  /// Prepares a pass over blocks of 16 channels, or over single maps with `isPlanar`.
  init(_ geometry: PassGeometry, isPlanar: Bool = false, table: KernelTable, threadCount: Int) {
    self.geometry = geometry
    lanes = isPlanar ? 1 : 16
    var tapRows: [(row: Int, taps: [(column: Int, index: Int)])] = []
    for tap in geometry.taps {
      if tapRows.last?.row != tap.row { tapRows.append((tap.row, [])) }
      tapRows[tapRows.count - 1].taps.append((tap.column, tap.index))
    }
    self.tapRows = tapRows
    (tiles, extents) = ConvolutionWeights.tiles(
      geometry.inputChannels,
      geometry.outputChannels,
      geometry.taps.count,
      1,
      lanes,
      table.convolutionChannels,
      true
    )
    weights = AlignedBuffer(count: tiles.last.map { $0.offset + $0.depth * $0.channels } ?? 0)
    zeros = AlignedBuffer(count: (geometry.outputChannels + 31) / 32 * 32)
    self.table = table
    transpose = ShapingKernels.of(table.instructionSet).transposeMatrix
    self.threadCount = threadCount
  }

  func halo(height: Int, width: Int) -> Halo { geometry.halo(height: height, width: width) }

  func bind(input: Layout, output: Layout, scratch: Int) {
    let isFlat = geometry.isPointwise && input.hasAdjacentRows && output.hasAdjacentRows
    let rows =
      isFlat
      ? PixelRows(flattening: geometry.rows * geometry.columns)
      : PixelRows(rows: geometry.rows, width: geometry.columns)
    let bytes =
      isFlat ? geometry.inputChannels * rows.width * 4 : input.planes * input.rowStride * 4
    bound = Bound(
      input: input,
      output: output,
      offsets: extents.map { offsets($0, input) },
      rows: rows,
      isFlat: isFlat,
      partition: RowPartition(
        images: geometry.batch,
        rows: rows.count,
        tiles: tiles.count,
        bytesPerRow: bytes * geometry.stride.row,
        threads: threadCount
      ),
      seen: (0..<geometry.rows).map { row in
        let first = row * geometry.stride.row
        let inside = tapRows.indices.filter { (0..<input.height).contains(first + tapRows[$0].row) }
        guard let lower = inside.first, let upper = inside.last else { return 0..<0 }
        return lower..<upper + 1
      }
    )
  }

  /// Where the inputs of a pixel lie, in the order of the weights.
  private func offsets(_ extent: ConvolutionWeights.Extent, _ layout: Layout) -> AlignedBuffer<Int>
  {
    let tail = extent.tailChannels > 0 ? [extent.tailChannels] : []
    let planes = [Int](repeating: lanes, count: extent.fullPlanes) + tail
    let offsets = tapRows.flatMap { row in
      planes.enumerated().flatMap { plane, channels in
        row.taps.flatMap { tap in
          (0..<channels).map {
            plane * layout.planeStride + row.row * layout.rowStride + tap.column * lanes + $0
          }
        }
      }
    }
    return AlignedBuffer(offsets)
  }

  func pack(_ source: UnsafePointer<Float>, _ strides: KernelStrides, _ pool: ThreadPool) {
    let planes = (geometry.inputChannels + lanes - 1) / lanes
    pool.forEach(tiles.count * planes) { item, _ in
      let (tile, plane) = (tiles[item / planes], item % planes)
      let first = plane * lanes
      let inputs = min(lanes, geometry.inputChannels - first)
      let outputs = min(tile.channels, geometry.outputChannels - tile.firstChannel)
      let channels = tile.channels
      let start = source + tile.firstChannel * strides.output + first * strides.input
      var done = 0
      for row in tapRows {
        let taps = row.taps.count
        let target =
          weights.pointer + tile.offset
          + (done * geometry.inputChannels + first * taps) * channels
        done += taps
        for (position, tap) in row.taps.enumerated() {
          let place = target + position * inputs * channels
          let kernels = start + tap.index * strides.tap
          if strides.input == 1 {
            transpose(kernels, outputs, inputs, strides.output, place, channels)
            continue
          }
          for input in 0..<inputs {
            let kernel = kernels + input * strides.input
            let lane = place + input * channels
            if strides.output == 1 {
              lane.update(from: kernel, count: outputs)
            } else {
              for output in 0..<outputs { lane[output] = kernel[output * strides.output] }
            }
          }
        }
      }
    }
  }

  func run(
    _ run: TrainingRun,
    bias: UnsafePointer<Float>?,
    clip: SQClip,
    accumulates: Bool
  ) {
    guard let bound, !geometry.taps.isEmpty else { return }
    let (input, output) = (bound.input, bound.output)
    let stride = geometry.targetStride
    run.pool.forEach(bound.partition.items) { item, _ in
      let part = bound.partition[item]
      let tile = tiles[part.tile]
      let target =
        run.memory
        + output.row(part.image, tile.firstChannel / 16, geometry.targetOffset.row)
        + geometry.targetOffset.column * 16
      var arguments = SQConvolution(
        input: run.memory + input.row(part.image, tile.firstPlane),
        inputPixelStride: geometry.stride.column * lanes,
        inputRowStride: geometry.stride.row * input.rowStride,
        offsets: bound.offsets[tile.extent].pointer,
        depth: tile.depth,
        weights: weights.pointer + tile.offset,
        bias: (bias ?? UnsafePointer(zeros.pointer)) + tile.firstChannel,
        output: target,
        outputPixelStride: stride.column * 16,
        outputRowStride: stride.row * output.rowStride,
        outputBlockStride: output.planeStride,
        width: geometry.columns,
        channels: tile.channels,
        residual: SQResidual(
          data: accumulates ? UnsafePointer(target) : nil,
          rowStride: stride.row * output.rowStride,
          blockStride: output.planeStride
        ),
        clip: clip
      )
      guard bound.isFlat else { return convolve(arguments, part.rows, tile, bound) }
      let pixels = bound.rows.pixels(of: part.rows)
      arguments.input += pixels.lowerBound * lanes
      arguments.output += pixels.lowerBound * 16
      arguments.residual.advance(by: pixels.lowerBound)
      arguments.width = pixels.count
      table.convolve(&arguments, 0, 1)
    }
  }

  /// Computes some rows, those that see the same rows of the kernel together.
  private func convolve(
    _ arguments: SQConvolution,
    _ rows: Range<Int>,
    _ tile: ConvolutionWeights.Tile,
    _ bound: Bound
  ) {
    let whole = bound.offsets[tile.extent].pointer
    var first = rows.lowerBound
    while first < rows.upperBound {
      let seen = bound.seen[first]
      var end = first + 1
      while end < rows.upperBound, bound.seen[end] == seen { end += 1 }
      func depth(_ rows: Range<Int>) -> Int {
        tapRows[rows].reduce(0) { $0 + $1.taps.count } * geometry.inputChannels
      }
      let skipped = depth(0..<seen.lowerBound)
      var part = arguments
      part.offsets = UnsafePointer(whole + skipped)
      part.weights += skipped * tile.channels
      part.depth = depth(seen)
      table.convolve(&part, first, end)
      first = end
    }
  }
}
