import CSqueezeKernels
import SqueezeTensor

/// The gradient of 3×3 kernels by the transpose of Winograd's F(4×4, 3×3), a quarter of the products.
///
/// `∂L/∂g = Gᵀ [Σ (Bᵀ d B) ⊙ (A ∂L/∂Y Aᵀ)] G`: input and gradient are transformed tile by tile, multiplied
/// as outer products element by element, and the sums transformed back.
final class WinogradWeightGradient: WeightGradient {
  private let geometry: PassGeometry
  private let kernels: TrainingKernels
  private let transform:
    @Sendable (UnsafePointer<Float>, Int, UnsafeMutablePointer<Float>, Int, Int) -> Void
  private let planes: (input: Int, output: Int)
  private let grid: (rows: Int, columns: Int)
  /// The rows of tiles, of all images together, that are transformed at one time.
  private let rowsPerChunk: Int
  private let offsets: AlignedBuffer<Int>
  private var bound: (input: Layout, output: Layout, scratch: Int)?

  /// Prepares where this is faster than sums of products, else `nil`.
  init?(_ geometry: PassGeometry, table: KernelTable) {
    let taps = geometry.taps
    guard taps.count == 9, geometry.stride == (1, 1), geometry.inputChannels >= 16,
      geometry.outputChannels >= 16,
      taps.enumerated().allSatisfy({
        $1.index == $0 && $1.row == taps[0].row + $0 / 3 && $1.column == taps[0].column + $0 % 3
      })
    else { return nil }
    grid = ((geometry.rows + 3) / 4, (geometry.columns + 3) / 4)
    planes = ((geometry.inputChannels + 15) / 16, (geometry.outputChannels + 15) / 16)
    let tileRows = geometry.batch * grid.rows
    let tiles = Double(tileRows * grid.columns)
    let pixels = Double(geometry.batch * geometry.rows * geometry.columns)
    let pairs = Double(planes.input * planes.output)
    // Vector instructions: products and the sums' way to memory and back, or products alone.
    let own =
      36 * tiles * pairs * 16 + 36 * 32 * pairs
      + tiles * 36 * 6 * Double(planes.input + planes.output)
    guard own < 0.9 * 9 * pixels * pairs * 16 else { return nil }
    self.geometry = geometry
    kernels = TrainingKernels.of(table.instructionSet)
    transform = table.winograd4.input
    let floatsPerRow = 36 * 16 * grid.columns * (planes.input + planes.output)
    rowsPerChunk = max(1, min(tileRows, Self.chunkFloats / floatsPerRow))
    offsets = AlignedBuffer((0..<rowsPerChunk * grid.columns).map { $0 * 16 })
  }

  /// 8 MB of transformed input and gradient.
  private static let chunkFloats = 1 << 21

  private var tilesPerChunk: Int { rowsPerChunk * grid.columns }

  /// From one element of transformed blocks to the next.
  private func elementStride(_ planes: Int, _ tiles: Int) -> Int {
    CacheSets.spread(planes * tiles * 16)
  }
  /// From one element of the sums of a block of output channels to the next.
  private var sumStride: Int { CacheSets.spread(planes.input * 256) }

  var scratchCount: Int {
    36
      * (elementStride(planes.input, tilesPerChunk) + elementStride(planes.output, tilesPerChunk)
        + planes.output * sumStride)
      + planes.input * planes.output * 9 * 256
  }

  func inputHalo(height: Int, width: Int) -> Halo {
    let tap = geometry.taps[0]
    return Halo(
      top: max(0, -tap.row),
      left: max(0, -tap.column),
      bottom: max(0, grid.rows * 4 + 2 + tap.row - height),
      right: max(0, grid.columns * 4 + 2 + tap.column - width)
    )
  }

  func outputHalo(height: Int, width: Int) -> Halo {
    Halo(bottom: grid.rows * 4 - height, right: grid.columns * 4 - width)
  }

  func bind(input: Layout, output: Layout, scratch: Int) { bound = (input, output, scratch) }

  func run(
    _ run: TrainingRun,
    _ target: UnsafeMutablePointer<Float>,
    _ strides: KernelStrides
  ) {
    guard let bound else { return }
    let tileRows = geometry.batch * grid.rows
    let inputs = run.memory + bound.scratch
    let outputs = inputs + 36 * elementStride(planes.input, tilesPerChunk)
    let sums = outputs + 36 * elementStride(planes.output, tilesPerChunk)
    for first in stride(from: 0, to: tileRows, by: rowsPerChunk) {
      let rows = first..<min(tileRows, first + rowsPerChunk)
      transformTiles(run, bound.input, bound.output, rows, inputs, outputs)
      multiply(run.pool, rows.count * grid.columns, inputs, outputs, sums, isFirst: first == 0)
    }
    finish(run.pool, sums, target, strides)
  }

  /// Writes `[36][planes][tiles][16]` of input and gradient.
  private func transformTiles(
    _ run: TrainingRun,
    _ input: Layout,
    _ output: Layout,
    _ rows: Range<Int>,
    _ inputs: UnsafeMutablePointer<Float>,
    _ outputs: UnsafeMutablePointer<Float>
  ) {
    let tiles = rows.count * grid.columns
    let tap = geometry.taps[0]
    run.pool.forEach((planes.input + planes.output) * rows.count) { item, _ in
      let (block, position) = (item / rows.count, item % rows.count)
      let row = rows.lowerBound + position
      let (image, tileRow) = (row / grid.rows, row % grid.rows)
      let place = position * grid.columns
      if block < planes.input {
        transform(
          run.memory + input.row(image, block, tileRow * 4 + tap.row) + tap.column * 16,
          input.rowStride,
          inputs + (block * tiles + place) * 16,
          elementStride(planes.input, tiles),
          grid.columns
        )
      } else {
        let block = block - planes.input
        kernels.transformWinogradGradient(
          run.memory + output.row(image, block, tileRow * 4),
          output.rowStride,
          outputs + (block * tiles + place) * 16,
          elementStride(planes.output, tiles),
          grid.columns
        )
      }
    }
  }

  /// Adds to `[output blocks][36][input blocks][16 inputs][16 outputs]`.
  private func multiply(
    _ pool: ThreadPool,
    _ tiles: Int,
    _ inputs: UnsafePointer<Float>,
    _ outputs: UnsafePointer<Float>,
    _ sums: UnsafeMutablePointer<Float>,
    isFirst: Bool
  ) {
    pool.forEach(36 * planes.output) { item, _ in
      let (element, block) = (item / planes.output, item % planes.output)
      var arguments = SQOuterProduct(
        x: inputs + element * elementStride(planes.input, tiles),
        xOffsets: offsets.pointer,
        y: outputs + element * elementStride(planes.output, tiles) + block * tiles * 16,
        yOffsets: offsets.pointer,
        count: tiles,
        target: sums + (block * 36 + element) * sumStride,
        rows: 16,
        accumulates: !isFirst
      )
      for input in 0..<planes.input {
        arguments.rows = min(16, geometry.inputChannels - input * 16)
        kernels.accumulateOuterProducts(&arguments)
        arguments.x += tiles * 16
        arguments.target += 256
      }
    }
  }

  private func finish(
    _ pool: ThreadPool,
    _ sums: UnsafeMutablePointer<Float>,
    _ target: UnsafeMutablePointer<Float>,
    _ strides: KernelStrides
  ) {
    let gradients = sums + planes.output * 36 * sumStride
    pool.forEach(planes.input * planes.output) { pair, _ in
      let (input, output) = (pair % planes.input, pair / planes.input)
      let kernel = gradients + pair * 9 * 256
      kernels.transformWinogradKernelGradient(
        sums + output * 36 * sumStride + input * 256,
        sumStride,
        min(16, geometry.inputChannels - input * 16),
        kernel,
        256
      )
      BlockedKernel(
        sums: kernel,
        block: (input, output),
        channels: (geometry.inputChannels, geometry.outputChannels)
      ).write(target, strides, taps: Array(0..<9))
    }
  }
}
