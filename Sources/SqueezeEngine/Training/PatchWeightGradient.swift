import CSqueezeKernels
import SqueezeTensor

/// The gradient of the weights of a first layer of few channels: what each pixel sees is collected into a
/// row of numbers, the kernel's positions and channels side by side, so that no lane of the outer
/// products is idle.
final class PatchWeightGradient: WeightGradient {
  private let geometry: PassGeometry
  private let kernels: TrainingKernels
  private let depth: Int
  private let planes: (input: Int, output: Int)
  private let bands: [(image: Int, rows: Range<Int>)]
  /// Each part keeps its own sums, over every so manieth band.
  private let parts: Int
  private let capacity: Int
  private var bound: Bound?

  private struct Bound {
    var input: Layout
    var output: Layout
    var scratch: Int
    var taps: AlignedBuffer<Int>
    var patchOffsets: AlignedBuffer<Int>
    var outputOffsets: AlignedBuffer<Int>
  }

  init(_ geometry: PassGeometry, kernels: TrainingKernels) {
    self.geometry = geometry
    self.kernels = kernels
    depth = geometry.inputChannels * geometry.taps.count
    planes = ((depth + 15) / 16, (geometry.outputChannels + 15) / 16)
    let rows = max(1, min(geometry.rows, 512 / geometry.columns))
    capacity = rows * geometry.columns
    bands = (0..<geometry.batch).flatMap { image in
      stride(from: 0, to: geometry.rows, by: rows).map {
        (image, $0..<min(geometry.rows, $0 + rows))
      }
    }
    parts = min(16, bands.count)
  }

  private var sumCount: Int { planes.input * planes.output * 256 }
  private var patchCount: Int { capacity * planes.input * 16 }

  var scratchCount: Int { parts * (sumCount + patchCount) }

  func bind(input: Layout, output: Layout, scratch: Int) {
    let taps = (0..<geometry.inputChannels).flatMap { channel in
      geometry.taps.map { tap in
        channel * input.planeStride + tap.row * input.rowStride + tap.column
      }
    }
    let rows = capacity / geometry.columns
    bound = Bound(
      input: input,
      output: output,
      scratch: scratch,
      taps: AlignedBuffer(taps),
      patchOffsets: AlignedBuffer((0..<capacity).map { $0 * planes.input * 16 }),
      outputOffsets: AlignedBuffer(
        (0..<rows).flatMap { row in
          (0..<geometry.columns).map { row * output.rowStride + $0 * 16 }
        }
      )
    )
  }

  func run(
    _ run: TrainingRun,
    _ target: UnsafeMutablePointer<Float>,
    _ strides: KernelStrides
  ) {
    guard let bound else { return }
    let sums = run.memory + bound.scratch
    let patches = sums + parts * sumCount
    run.pool.forEach(parts) { part, _ in
      let patch = patches + part * patchCount
      patch.update(repeating: 0, count: patchCount)
      for (round, band) in stride(from: part, to: bands.count, by: parts).enumerated() {
        accumulate(
          run,
          bound,
          bands[band],
          patch,
          sums + part * sumCount,
          isFirst: round == 0
        )
      }
    }
    for part in 1..<max(1, parts) {
      for i in 0..<sumCount { sums[i] += sums[part * sumCount + i] }
    }
    let taps = geometry.taps
    for k in 0..<depth {
      let (channel, tap) = (k / taps.count, taps[k % taps.count].index)
      let place = target + channel * strides.input + tap * strides.tap
      for output in 0..<geometry.outputChannels {
        let block = (output / 16 * planes.input + k / 16) * 256
        place[output * strides.output] = sums[block + k % 16 * 16 + output % 16]
      }
    }
  }

  private func accumulate(
    _ run: TrainingRun,
    _ bound: Bound,
    _ band: (image: Int, rows: Range<Int>),
    _ patch: UnsafeMutablePointer<Float>,
    _ sums: UnsafeMutablePointer<Float>,
    isFirst: Bool
  ) {
    let (input, output) = (bound.input, bound.output)
    let width = planes.input * 16
    for (position, row) in band.rows.enumerated() {
      kernels.gatherPatches(
        run.memory + input.row(band.image, 0, row * geometry.stride.row),
        geometry.stride.column,
        bound.taps.pointer,
        depth,
        geometry.columns,
        patch + position * geometry.columns * width,
        width
      )
    }
    for block in 0..<planes.output {
      var arguments = SQOuterProduct(
        x: UnsafePointer(patch),
        xOffsets: bound.patchOffsets.pointer,
        y: run.memory + output.row(band.image, block, band.rows.lowerBound),
        yOffsets: bound.outputOffsets.pointer,
        count: band.rows.count * geometry.columns,
        target: sums + block * planes.input * 256,
        rows: 16,
        accumulates: !isFirst
      )
      for _ in 0..<planes.input {
        kernels.accumulateOuterProducts(&arguments)
        arguments.x += 16
        arguments.target += 256
      }
    }
  }
}
