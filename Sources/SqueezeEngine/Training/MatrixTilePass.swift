import CSqueezeKernels
import SqueezeTensor

/// A pass of stride 1 with factors in bfloat16 and sums in floats, in the tile registers of AMX.
///
/// An item flattens some images, which then stay in the second-level cache, and computes 32 output channels after the
/// other for all of their pixels.
final class MatrixTilePass: ConvolutionPass {
  let geometry: PassGeometry
  private let maps: FlattenedMaps
  /// Blocks of 32 channels.
  private let blocks: (input: Int, output: Int)
  private let weights: AlignedBuffer<UInt16>
  private let zeros: AlignedBuffer<Float>
  private let steps: AlignedBuffer<Int>
  private let imagesPerItem: Int
  /// How many parts the output channels are cut into, where images are fewer than threads.
  private let parts: Int
  private let threadCount: Int
  private var bound: Bound?

  private struct Bound {
    var input: Layout
    var output: Layout
    var scratch: Int
    /// Where flattened pixels lie in the output, by the number of images.
    var places: [Int: AlignedBuffer<Int32>]
  }

  /// Prepares a pass of a geometry that ``PassGeometry/suitsMatrixTiles``.
  init(_ geometry: PassGeometry, threadCount: Int) {
    self.geometry = geometry
    self.threadCount = threadCount
    let maps = FlattenedMaps(geometry)
    self.maps = maps
    let lanes = MatrixTiles.channels
    blocks = (
      (geometry.inputChannels + lanes - 1) / lanes, (geometry.outputChannels + lanes - 1) / lanes
    )
    let bytes = maps.imagePitch * 64 * blocks.input
    let most = max(1, Self.cacheBytes / max(1, bytes))
    let rounds = (geometry.batch + most * threadCount - 1) / (most * threadCount)
    let perItem = max(1, (geometry.batch + rounds * threadCount - 1) / (rounds * threadCount))
    imagesPerItem = perItem
    let items = (geometry.batch + perItem - 1) / perItem
    parts = min(blocks.output, max(1, threadCount / max(1, items)))
    weights = AlignedBuffer(
      count: blocks.input * blocks.output * geometry.taps.count * 2 * MatrixTiles.numbers,
      use: .large
    )
    zeros = AlignedBuffer(count: blocks.output * lanes)
    steps = AlignedBuffer(maps.steps.map { $0 * 64 })
  }

  /// What of a usual second-level cache flattened images take.
  private static let cacheBytes = 640 * 1024

  /// Flattened pixels of a block of 32 channels.
  private var pixelsPerBlock: Int { maps.pixels(imagesPerItem) }
  private var perThread: Int { pixelsPerBlock * blocks.input * 16 }

  var scratchCount: Int { perThread * threadCount }

  func halo(height: Int, width: Int) -> Halo { .none }

  func bind(input: Layout, output: Layout, scratch: Int) {
    let counts = Set([imagesPerItem, geometry.batch % imagesPerItem].filter { $0 > 0 })
    bound = Bound(
      input: input,
      output: output,
      scratch: scratch,
      places: Dictionary(uniqueKeysWithValues: counts.map { ($0, places($0, output)) })
    )
  }

  private func places(_ images: Int, _ output: Layout) -> AlignedBuffer<Int32> {
    let places = AlignedBuffer<Int32>(count: maps.groups(images) * MatrixTiles.pixels)
    for i in 0..<places.count { places.pointer[i] = -1 }
    for image in 0..<images {
      for row in 0..<geometry.rows {
        let first = image * maps.imagePitch + row * maps.rowPitch
        let place = image * output.imageStride + row * output.rowStride
        for column in 0..<geometry.columns {
          places.pointer[first + column] = Int32(place + column * 16)
        }
      }
    }
    return places
  }

  func pack(_ source: UnsafePointer<Float>, _ strides: KernelStrides, _ pool: ThreadPool) {
    let taps = geometry.taps
    pool.forEach(blocks.output * blocks.input) { item, _ in
      let (output, input) = (item / blocks.input, item % blocks.input)
      var target = weights.pointer + item * taps.count * 2 * MatrixTiles.numbers
      for tap in taps {
        for half in 0..<2 {
          let (firstOutput, firstInput) = (output * 32 + half * 16, input * 32)
          var arguments = SQTileWeights(
            source: source + firstOutput * strides.output + firstInput * strides.input
              + tap.index * strides.tap,
            outputStride: strides.output,
            inputStride: strides.input,
            inputs: min(32, geometry.inputChannels - firstInput),
            outputs: max(0, min(16, geometry.outputChannels - firstOutput)),
            target: target
          )
          sq_pack_tile_weights(&arguments)
          target += MatrixTiles.numbers
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
    guard let bound else { return }
    let items = (geometry.batch + imagesPerItem - 1) / imagesPerItem
    run.pool.forEach(items * parts) { item, thread in
      let first = item / parts * imagesPerItem
      let images = min(imagesPerItem, geometry.batch - first)
      let part = item % parts
      let channels = blocks.output * part / parts..<blocks.output * (part + 1) / parts
      let scratch = UnsafeMutableRawPointer(run.memory + bound.scratch + thread * perThread)
      flatten(run, bound.input, first, images, scratch)
      for block in channels {
        convolve(run, bound, first, images, block, scratch, bias, clip, accumulates)
      }
    }
  }

  /// Writes `[I/32][pixels][32]`.
  private func flatten(
    _ run: TrainingRun,
    _ input: Layout,
    _ first: Int,
    _ images: Int,
    _ target: UnsafeMutableRawPointer
  ) {
    let target = target.assumingMemoryBound(to: UInt16.self)
    for plane in 0..<blocks.input * 2 {
      maps.flatten(
        plane < input.planes ? UnsafePointer(run.memory + input.row(first, plane)) : nil,
        input,
        images: images,
        to: target + plane / 2 * pixelsPerBlock * 32 + plane % 2 * 16,
        pixelStride: 32
      )
    }
  }

  private func convolve(
    _ run: TrainingRun,
    _ bound: Bound,
    _ first: Int,
    _ images: Int,
    _ block: Int,
    _ pixels: UnsafeMutableRawPointer,
    _ bias: UnsafePointer<Float>?,
    _ clip: SQClip,
    _ accumulates: Bool
  ) {
    guard let places = bound.places[images] else { return }
    let perBlock = blocks.input * geometry.taps.count * 2 * MatrixTiles.numbers
    var arguments = SQTileConvolution(
      pixels: UnsafePointer((pixels + maps.lead * 64).assumingMemoryBound(to: UInt8.self)),
      blockStride: pixelsPerBlock * 64,
      taps: steps.pointer,
      tapCount: geometry.taps.count,
      inputBlocks: blocks.input,
      weights: UnsafePointer(
        UnsafeRawPointer(weights.pointer + block * perBlock).assumingMemoryBound(to: UInt8.self)
      ),
      groups: maps.groups(images),
      places: places.pointer,
      output: run.memory + bound.output.row(first, block * 2),
      outputBlockStride: bound.output.planeStride,
      outputBlocks: min(2, bound.output.planes - block * 2),
      bias: (bias ?? UnsafePointer(zeros.pointer)) + block * 32,
      lower: clip.lower,
      upper: clip.upper,
      accumulates: accumulates
    )
    sq_tile_convolve(&arguments)
  }
}
