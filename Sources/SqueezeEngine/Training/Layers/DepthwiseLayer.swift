import CSqueezeKernels
import SqueezeTensor

/// A depthwise convolution, 16 channels at a time, with what is clipped behind it.
final class DepthwiseLayer: TrainingLayer {
  let inputs: [Int]
  let outputs: [Int]
  let keepsInputs = true
  var keepsOutputs: Bool { clip.clips }
  private let down: PassGeometry
  private let up: [PassGeometry]
  private let kernel: [Int]
  private let dilation: (row: Int, column: Int)
  private let inputSize: (height: Int, width: Int)
  private let weight: LayerParameter
  private let bias: LayerParameter?
  private let clip: SQClip
  private let table: KernelTable
  private let kernels: TrainingKernels
  /// `[C/16][taps][16]`, in the order of the passes' taps.
  private let weights: AlignedBuffer<Float>
  private let upWeights: [AlignedBuffer<Float>]
  private let biases: AlignedBuffer<Float>
  private let zeros: AlignedBuffer<Float>
  private let channels: Int
  private let chunks: PositionChunks
  private let parts: Int
  private var places: LayerPlaces?
  private var offsets: (down: AlignedBuffer<Int>, up: [AlignedBuffer<Int>])?
  private var positions: (input: AlignedBuffer<Int>, output: AlignedBuffer<Int>)?

  init(
    _ layer: ConvolutionLayer.Description,
    table: KernelTable
  ) {
    inputs = [layer.input]
    outputs = [layer.output]
    (weight, bias, clip) = (layer.weight, layer.bias, layer.clip)
    self.table = table
    kernels = TrainingKernels.of(table.instructionSet)
    down = layer.geometry.down
    up = layer.needsInputGradient ? layer.geometry.up : []
    kernel = layer.geometry.window.kernelSize
    let dilation = layer.geometry.window.dilation
    self.dilation = (dilation[0], dilation[1])
    channels = layer.geometry.large[1]
    inputSize = (layer.geometry.large[2], layer.geometry.large[3])
    let planes = (channels + 15) / 16
    weights = AlignedBuffer(count: planes * down.taps.count * 16)
    upWeights = up.map { AlignedBuffer(count: max(1, planes * $0.taps.count * 16)) }
    biases = AlignedBuffer(count: planes * 16)
    zeros = AlignedBuffer(count: 16)
    chunks = PositionChunks(
      batch: down.batch,
      rows: down.rows,
      width: down.columns,
      positions: 4096
    )
    parts = min(chunks.chunks.count, 8)
  }

  var backwardScratch: Int {
    let planes = (channels + 15) / 16
    return max(planes * parts * down.taps.count * 16, down.batch * planes * 16)
  }

  func halo(ofInput position: Int) -> Halo {
    down.halo(height: inputSize.height, width: inputSize.width)
  }

  func halo(ofGradient position: Int) -> Halo {
    up.reduce(Halo.none) { $0.union($1.halo(height: down.rows, width: down.columns)) }
  }

  func bind(_ places: LayerPlaces) {
    self.places = places
    let input = places.inputs[0]
    func table(_ geometry: PassGeometry, _ layout: Layout) -> AlignedBuffer<Int> {
      AlignedBuffer(geometry.taps.map { $0.row * layout.rowStride + $0.column * 16 })
    }
    offsets = (
      table(down, input), up.map { table($0, places.outputGradients[0] ?? places.outputs[0]) }
    )
    positions = (
      chunks.offsets(input, stride: down.stride),
      chunks.offsets(places.outputGradients[0] ?? places.outputs[0])
    )
  }

  func load(_ parameters: ParameterValues, _ pool: ThreadPool) {
    parameters.with(weight.value) { source in
      pack(source, down, weights)
      for (geometry, target) in zip(up, upWeights) { pack(source, geometry, target) }
    }
    parameters.with(bias?.value) { biases.pointer.update(from: $0, count: channels) }
  }

  private func pack(
    _ source: UnsafePointer<Float>,
    _ geometry: PassGeometry,
    _ target: AlignedBuffer<Float>
  ) {
    let (all, count) = (kernel[0] * kernel[1], geometry.taps.count)
    for channel in 0..<channels {
      for (position, tap) in geometry.taps.enumerated() {
        target.pointer[(channel / 16 * count + position) * 16 + channel % 16] =
          source[channel * all + tap.index]
      }
    }
  }

  func forward(_ run: TrainingRun) {
    guard let places, let offsets else { return }
    pass(
      run,
      down,
      offsets.down,
      weights,
      from: places.inputs[0],
      to: places.outputs[0],
      bias: biases,
      clip: clip,
      accumulates: false
    )
  }

  private func pass(
    _ run: TrainingRun,
    _ geometry: PassGeometry,
    _ offsets: AlignedBuffer<Int>,
    _ weights: AlignedBuffer<Float>,
    from input: Layout,
    to output: Layout,
    bias: AlignedBuffer<Float>?,
    clip: SQClip,
    accumulates: Bool
  ) {
    let taps = geometry.taps.count
    run.pool.forEach(geometry.batch * output.planes) { item, _ in
      let (image, plane) = (item / output.planes, item % output.planes)
      let target =
        run.memory + output.row(image, plane, geometry.targetOffset.row)
        + geometry.targetOffset.column * 16
      var arguments = SQDepthwise(
        input: run.memory + input.row(image, plane),
        inputPixelStride: geometry.stride.column * 16,
        inputRowStride: geometry.stride.row * input.rowStride,
        offsets: offsets.pointer,
        taps: taps,
        weights: weights.pointer + plane * taps * 16,
        bias: bias.map { $0.pointer + plane * 16 } ?? zeros.pointer,
        output: target,
        outputPixelStride: geometry.targetStride.column * 16,
        outputRowStride: geometry.targetStride.row * output.rowStride,
        width: geometry.columns,
        residual: accumulates ? UnsafePointer(target) : nil,
        clip: clip
      )
      table.convolveDepthwise(&arguments, 0, geometry.rows)
    }
  }

  func backward(_ run: TrainingRun) {
    guard let places, let offsets, let gradient = places.outputGradients[0] else { return }
    if clip.clips { kernels.mask(run, places.outputs[0], gradient, clip) }
    run.gradients.fill(bias?.gradient) {
      kernels.sum(run, gradient, scratch: places.backwardScratch, $0)
    }
    run.gradients.fill(weight.gradient) { sumWeights(run, places, gradient, $0) }
    guard let target = places.inputGradients[0] else { return }
    for (position, geometry) in up.enumerated() {
      pass(
        run,
        geometry,
        offsets.up[position],
        upWeights[position],
        from: gradient,
        to: target,
        bias: nil,
        clip: .none,
        accumulates: places.accumulates[0]
      )
    }
  }

  private func sumWeights(
    _ run: TrainingRun,
    _ places: LayerPlaces,
    _ gradient: Layout,
    _ target: UnsafeMutablePointer<Float>
  ) {
    guard let positions else { return }
    let input = places.keptInputs[0]
    let (planes, taps) = (input.planes, down.taps.count)
    let sums = run.memory + places.backwardScratch
    run.pool.forEach(planes * parts) { item, _ in
      let (plane, part) = (item / parts, item % parts)
      for (round, position) in stride(from: part, to: chunks.chunks.count, by: parts).enumerated() {
        let chunk = chunks.chunks[position]
        var arguments = SQDepthwiseGradient(
          x: run.memory + input.row(chunk.image, plane, chunk.row * down.stride.row)
            + down.taps[0].row * input.rowStride + down.taps[0].column * 16,
          xOffsets: positions.input.pointer,
          y: run.memory + gradient.row(chunk.image, plane, chunk.row),
          yOffsets: positions.output.pointer,
          count: chunk.count,
          columnStride: dilation.column * 16,
          rowStride: dilation.row * input.rowStride,
          target: sums + item * taps * 16,
          rows: kernel[0],
          columns: kernel[1],
          accumulates: round > 0
        )
        kernels.accumulateDepthwise(&arguments)
      }
    }
    for channel in 0..<channels {
      for tap in 0..<taps {
        var sum: Float = 0
        for part in 0..<parts {
          sum += sums[((channel / 16 * parts + part) * taps + tap) * 16 + channel % 16]
        }
        target[channel * taps + tap] = sum
      }
    }
  }
}
