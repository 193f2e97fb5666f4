import CSqueezeKernels
import SqueezeGraph
import SqueezeTensor

/// Batch normalization by the statistics of the batch, with what is clipped behind it in one pass.
///
/// `y = γ (x − μ)/√(σ² + ε) + β`; backwards, with `g` the gradient behind the clip, `M` the elements of a
/// channel and `r = 1/√(σ² + ε)`: `∂β = Σ g`, `∂γ = r Σ g (x − μ)` and
/// `∂x = γ r (g − Σ g/M − (x − μ) r² Σ g (x − μ)/M)`. With a ``MomentExchange`` the statistics, and the sums
/// of the input's gradient, are those of the batches of all processes.
/// Source: Ioffe and Szegedy, "Batch Normalization" (2015), §3.
final class NormalizationLayer: TrainingLayer {
  let inputs: [Int]
  let outputs: [Int]
  let keepsInputs = true
  private let epsilon: Float
  private let momentum: Float
  private let moments: (any MomentExchange)?
  private let clip: SQClip
  private let scale: LayerParameter
  private let bias: LayerParameter
  private let mean: LayerParameter
  private let variance: LayerParameter
  private let table: KernelTable
  private let kernels: TrainingKernels
  private let channels: Int
  /// Images times blocks of channels.
  private let mapCount: Int
  /// γ, β, running mean and variance; then what this batch gives: μ, r, slope and offset.
  private let constants: [AlignedBuffer<Float>]
  private let batch: [AlignedBuffer<Float>]
  private let factors: AlignedBuffer<Float>
  private var places: LayerPlaces?

  init(
    input: Int,
    output: Int,
    channels: Int,
    images: Int,
    epsilon: Float,
    momentum: Float,
    moments: (any MomentExchange)?,
    clip: SQClip,
    parameters: [LayerParameter],
    table: KernelTable
  ) {
    inputs = [input]
    outputs = [output]
    (self.epsilon, self.momentum, self.clip) = (epsilon, momentum, clip)
    self.moments = moments
    (scale, bias, mean, variance) = (parameters[0], parameters[1], parameters[2], parameters[3])
    self.table = table
    kernels = TrainingKernels.of(table.instructionSet)
    self.channels = channels
    let planes = (channels + 15) / 16
    mapCount = images * planes
    constants = (0..<4).map { _ in AlignedBuffer(count: planes * 16) }
    batch = (0..<4).map { _ in AlignedBuffer(count: planes * 16) }
    factors = AlignedBuffer(count: planes * 48)
  }

  var forwardScratch: Int { mapCount * 32 }
  var backwardScratch: Int { mapCount * 32 }

  /// The running statistics, mean and variance, by the position of the parameter.
  var statistics: [(parameter: Int, values: [Float])] {
    [(mean, constants[2]), (variance, constants[3])].map { parameter, values in
      (parameter.value, Array(UnsafeBufferPointer(start: values.pointer, count: channels)))
    }
  }

  func bind(_ places: LayerPlaces) { self.places = places }

  func load(_ parameters: ParameterValues, _ pool: ThreadPool) {
    for (parameter, target) in zip([scale, bias, mean, variance], constants) {
      parameters.with(parameter.value) { target.pointer.update(from: $0, count: channels) }
    }
  }

  func forward(_ run: TrainingRun) {
    guard let places else { return }
    let (input, output) = (places.inputs[0], places.outputs[0])
    let sums = run.memory + places.forwardScratch
    run.pool.forEach(mapCount) { item, _ in
      let (image, plane) = (item / input.planes, item % input.planes)
      kernels.measureChannels(
        run.memory + input.row(image, plane),
        input.rowStride,
        input.area,
        sums + item * 32
      )
    }
    measure(sums, input)
    normalize(run, input, to: output)
  }

  /// Writes the output of the last forward pass once more, for a backward pass that did not keep it.
  func recompute(_ run: TrainingRun, to output: Layout) {
    if let places { normalize(run, places.keptInputs[0], to: output) }
  }

  private func normalize(_ run: TrainingRun, _ input: Layout, to output: Layout) {
    run.pool.forEach(mapCount) { item, _ in
      let (image, plane) = (item / input.planes, item % input.planes)
      let slope = batch[2].pointer + plane * 16
      for row in 0..<input.height {
        table.applyChannels(
          slope,
          slope,
          batch[3].pointer + plane * 16,
          clip,
          run.memory + input.row(image, plane, row),
          run.memory + output.row(image, plane, row),
          input.width
        )
      }
    }
  }

  /// Joins the moments of all images, image by image in order, and moves the running statistics.
  private func measure(_ sums: UnsafePointer<Float>, _ layout: Layout) {
    let area = Double(layout.height * layout.width)
    var all = BatchMoments(
      count: area * Double(layout.batch),
      means: [Double](repeating: 0, count: channels),
      squares: [Double](repeating: 0, count: channels)
    )
    for channel in 0..<channels {
      let (plane, lane) = (channel / 16, channel % 16)
      // As `BatchMoments.join` for one channel.
      var (mean, squares, seen) = (0.0, 0.0, 0.0)
      for image in 0..<layout.batch {
        let moments = sums + (image * layout.planes + plane) * 32 + lane
        let difference = Double(moments[0]) - mean
        let both = seen + area
        mean += difference * area / both
        squares += Double(moments[16]) + difference * difference * seen * area / both
        seen = both
      }
      (all.means[channel], all.squares[channel]) = (mean, squares)
    }
    if let moments { all = all.joined(by: moments) }
    for channel in 0..<channels {
      let mean = all.means[channel]
      let variance = all.squares[channel] / all.count
      let inverse = 1 / (variance + Double(epsilon)).squareRoot()
      let slope = Double(constants[0].pointer[channel]) * inverse
      batch[0].pointer[channel] = Float(mean)
      batch[1].pointer[channel] = Float(inverse)
      batch[2].pointer[channel] = Float(slope)
      batch[3].pointer[channel] = Float(Double(constants[1].pointer[channel]) - slope * mean)
      let unbiased = all.squares[channel] / max(1, all.count - 1)
      move(constants[2].pointer + channel, towards: Float(mean))
      move(constants[3].pointer + channel, towards: Float(unbiased))
    }
  }

  private func move(_ value: UnsafeMutablePointer<Float>, towards target: Float) {
    value.pointee = (1 - momentum) * value.pointee + momentum * target
  }

  func backward(_ run: TrainingRun) {
    guard let places, let gradient = places.outputGradients[0] else { return }
    let input = places.keptInputs[0]
    let sums = run.memory + places.backwardScratch
    func arguments(_ image: Int, _ plane: Int) -> SQNormalizationGradient {
      SQNormalizationGradient(
        x: run.memory + input.row(image, plane),
        xRowStride: input.rowStride,
        gradient: run.memory + gradient.row(image, plane),
        gradientRowStride: gradient.rowStride,
        area: input.area,
        slope: batch[2].pointer + plane * 16,
        offset: batch[3].pointer + plane * 16,
        clip: clip
      )
    }
    run.pool.forEach(mapCount) { item, _ in
      let plane = item % input.planes
      var arguments = arguments(item / input.planes, plane)
      kernels.sumNormalizationGradient(&arguments, batch[0].pointer + plane * 16, sums + item * 32)
    }
    finish(run, sums, input)
    guard let target = places.inputGradients[0] else { return }
    run.pool.forEach(mapCount) { item, _ in
      let (image, plane) = (item / input.planes, item % input.planes)
      var arguments = arguments(image, plane)
      kernels.applyNormalizationGradient(
        &arguments,
        factors.pointer + plane * 48,
        run.memory + target.row(image, plane),
        target.rowStride,
        places.accumulates[0]
      )
    }
  }

  /// The gradients of γ and β, and the factors of the input's gradient.
  private func finish(_ run: TrainingRun, _ sums: UnsafePointer<Float>, _ layout: Layout) {
    var own = GradientMoments(
      count: Double(layout.batch * layout.height * layout.width),
      sums: [Double](repeating: 0, count: channels),
      products: [Double](repeating: 0, count: channels)
    )
    for channel in 0..<channels {
      let (plane, lane) = (channel / 16, channel % 16)
      for image in 0..<layout.batch {
        let part = sums + (image * layout.planes + plane) * 32 + lane
        own.sums[channel] += Double(part[0])
        own.products[channel] += Double(part[16])
      }
    }
    let inverses = (0..<channels).map { Double(batch[1].pointer[$0]) }
    let biases = own.sums.map { Float($0) }
    let scales = zip(inverses, own.products).map { Float($0 * $1) }
    let all = moments.map { own.joined(by: $0) } ?? own
    for channel in 0..<channels {
      let (mean, inverse) = (Double(batch[0].pointer[channel]), inverses[channel])
      let a = Double(constants[0].pointer[channel]) * inverse
      let b = -a * inverse * inverse * all.products[channel] / all.count
      let place = factors.pointer + channel / 16 * 48 + channel % 16
      place[0] = Float(a)
      place[16] = Float(b)
      place[32] = Float(-a * all.sums[channel] / all.count - b * mean)
    }
    run.gradients.fill(scale.gradient) { $0.update(from: scales, count: channels) }
    run.gradients.fill(bias.gradient) { $0.update(from: biases, count: channels) }
  }
}
