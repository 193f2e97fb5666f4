import CSqueezeKernels
import SqueezeTensor

/// The gradient of the weights of a convolution of stride 1, factors in bfloat16 and sums in floats, in the tile
/// registers of AMX.
///
/// Pixels are what is summed over, so they lie side by side: those of the output's gradient in rows of 32 per channel,
/// those of the input in pairs. As a tap moves by single pixels, there are pairs that begin at even and at odd ones.
final class MatrixTileWeightGradient: WeightGradient {
  private let geometry: PassGeometry
  private let maps: FlattenedMaps
  /// Blocks of 16 channels.
  private let planes: (input: Int, output: Int)
  private let imagesPerChunk: Int
  private let steps: AlignedBuffer<Int>
  private let threadCount: Int
  private var bound: (input: Layout, output: Layout, scratch: Int)?

  /// Prepares for a convolution whose forward geometry ``PassGeometry/suitsMatrixTiles``.
  init(_ geometry: PassGeometry, threadCount: Int) {
    self.geometry = geometry
    self.threadCount = threadCount
    let maps = FlattenedMaps(geometry)
    self.maps = maps
    planes = ((geometry.inputChannels + 15) / 16, (geometry.outputChannels + 15) / 16)
    imagesPerChunk = max(1, min(geometry.batch, Self.chunkPixels / max(1, maps.imagePitch)))
    steps = AlignedBuffer(maps.steps.map { $0 + maps.lead })
  }

  /// Enough pixels to read and write sums rarely, few enough for two pairs of blocks to stay in cache.
  private static let chunkPixels = 4096
  /// Pairs of blocks below which threads share taps, too.
  private static let enoughItems = 16

  // Counts of `UInt16` of a block of 16 channels.
  private var flatCount: Int { (maps.pixels(imagesPerChunk) + 1) / 2 * 32 }
  private var turnedCount: Int { maps.groups(imagesPerChunk) * MatrixTiles.numbers }
  private var sumCount: Int { planes.input * planes.output * geometry.taps.count * 256 }

  var scratchCount: Int {
    sumCount
      + (planes.input * 2 * flatCount + planes.output * turnedCount + threadCount * flatCount) / 2
  }

  func bind(input: Layout, output: Layout, scratch: Int) { bound = (input, output, scratch) }

  func run(
    _ run: TrainingRun,
    _ target: UnsafeMutablePointer<Float>,
    _ strides: KernelStrides
  ) {
    guard let bound else { return }
    let sums = run.memory + bound.scratch
    let pairs = UnsafeMutableRawPointer(sums + sumCount).assumingMemoryBound(to: UInt16.self)
    let turned = pairs + planes.input * 2 * flatCount
    let flat = turned + planes.output * turnedCount
    for first in stride(from: 0, to: geometry.batch, by: imagesPerChunk) {
      let images = min(imagesPerChunk, geometry.batch - first)
      run.pool.forEach(planes.input + planes.output) { plane, thread in
        let flat = flat + thread * flatCount
        if plane < planes.input {
          let source = run.memory + bound.input.row(first, plane)
          maps.flatten(source, bound.input, images: images, to: flat, pixelStride: 16)
          let count = (maps.pixels(images) - 1) / 2
          let place = pairs + plane * 2 * flatCount
          sq_pair_pixels(flat, count, place)
          sq_pair_pixels(flat + 16, count, place + flatCount)
        } else {
          let plane = plane - planes.input
          let source = run.memory + bound.output.row(first, plane)
          maps.flattenOutput(source, bound.output, images: images, to: flat)
          sq_turn_pixels(flat, maps.groups(images), turned + plane * turnedCount)
        }
      }
      multiply(run.pool, pairs, turned, sums, groups: maps.groups(images), isFirst: first == 0)
    }
    finish(run.pool, sums, target, strides)
  }

  /// Adds to `[output blocks][input blocks][taps][16 outputs][16 inputs]`.
  private func multiply(
    _ pool: ThreadPool,
    _ pairs: UnsafePointer<UInt16>,
    _ turned: UnsafePointer<UInt16>,
    _ sums: UnsafeMutablePointer<Float>,
    groups: Int,
    isFirst: Bool
  ) {
    let taps = geometry.taps.count
    let (inputs, outputs) = ((planes.input + 1) / 2, (planes.output + 1) / 2)
    let tapGroups = inputs * outputs >= Self.enoughItems ? 1 : taps
    pool.forEach(inputs * outputs * tapGroups) { item, _ in
      let (pair, group) = (item / tapGroups, item % tapGroups)
      let (input, output) = (pair % inputs * 2, pair / inputs * 2)
      let even = UnsafeRawPointer(pairs + input * 2 * flatCount)
      var arguments = SQTileOuterProduct(
        gradient: UnsafeRawPointer(turned + output * turnedCount)
          .assumingMemoryBound(to: UInt8.self),
        gradientStride: turnedCount * 2,
        even: even.assumingMemoryBound(to: UInt8.self),
        odd: (even + flatCount * 2).assumingMemoryBound(to: UInt8.self),
        pixelStride: flatCount * 4,
        groups: groups,
        taps: steps.pointer + group,
        tapCount: tapGroups == 1 ? taps : 1,
        outputBlocks: min(2, planes.output - output),
        inputBlocks: min(2, planes.input - input),
        sums: sums + ((output * planes.input + input) * taps + group) * 256,
        outputBlockStride: planes.input * taps * 256,
        inputBlockStride: taps * 256,
        accumulates: !isFirst
      )
      sq_tile_outer_product(&arguments)
    }
  }

  /// Writes the gradient in the order of the parameter.
  private func finish(
    _ pool: ThreadPool,
    _ sums: UnsafePointer<Float>,
    _ target: UnsafeMutablePointer<Float>,
    _ strides: KernelStrides
  ) {
    let taps = geometry.taps
    pool.forEach(planes.input * planes.output) { pair, _ in
      let (input, output) = (pair % planes.input * 16, pair / planes.input * 16)
      let source = sums + pair * taps.count * 256
      for o in 0..<min(16, geometry.outputChannels - output) {
        for i in 0..<min(16, geometry.inputChannels - input) {
          let kernel = target + (output + o) * strides.output + (input + i) * strides.input
          for (position, tap) in taps.enumerated() {
            kernel[tap.index * strides.tap] = source[position * 256 + o * 16 + i]
          }
        }
      }
    }
  }
}
