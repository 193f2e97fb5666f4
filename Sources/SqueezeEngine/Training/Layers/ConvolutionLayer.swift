import CSqueezeKernels
import SqueezeOperators
import SqueezeTensor

/// A convolution, a transposed convolution or a fully connected layer, with what is clipped behind it.
///
/// The gradient of the input is the opposite pass over the output's gradient, that of the weights a sum
/// of outer products. A layer of several groups is one convolution per group or per some of them joined.
final class ConvolutionLayer: TrainingLayer {
  let inputs: [Int]
  let outputs: [Int]
  let keepsInputs = true
  var keepsOutputs: Bool { clip.clips }
  let forwardScratch: Int
  let backwardScratch: Int
  private let groups: JoinedGroups
  private let parts: [Part]
  private let weight: LayerParameter
  private let bias: LayerParameter?
  private let biases: AlignedBuffer<Float>
  private let outputChannels: Int
  /// A kernel's positions.
  private let taps: Int
  /// Whether the input are the small maps.
  private let isTransposed: Bool
  private let clip: SQClip
  private let kernels: TrainingKernels
  /// Height and width of input and output.
  private let inputSize: (height: Int, width: Int)
  private let outputSize: (height: Int, width: Int)
  private var places: LayerPlaces?

  /// The passes of one group, or of some joined ones.
  private struct Part {
    var forward: [any ConvolutionPass]
    var backward: [any ConvolutionPass]
    var weights: (any WeightGradient)?
    var forwardStrides: KernelStrides
    var backwardStrides: KernelStrides
    /// Where its weights start.
    var offset: Int
    var inputChannels: Range<Int>
    var outputChannels: Range<Int>
  }

  /// What a layer is made of.
  struct Description {
    var geometry: ConvolutionGeometry
    /// Whether the input are the small maps.
    var isTransposed = false
    var groups = 1
    var input: Int
    var output: Int
    var weight: LayerParameter
    var bias: LayerParameter?
    var clip = SQClip.none
    /// Whether the input is kept map by map.
    var isPlanar = false
    /// The precision of factors.
    var precision = TrainingPrecision.float32
    var needsInputGradient: Bool
  }

  init(_ layer: Description, table: KernelTable, threadCount: Int) {
    inputs = [layer.input]
    outputs = [layer.output]
    (weight, bias, clip) = (layer.weight, layer.bias, layer.clip)
    kernels = TrainingKernels.of(table.instructionSet)
    let whole = layer.geometry
    taps = whole.taps
    isTransposed = layer.isTransposed
    let (from, to) = layer.isTransposed ? (whole.small, whole.large) : (whole.large, whole.small)
    inputSize = (from[2], from[3])
    outputSize = (to[2], to[3])
    outputChannels = to[1]
    biases = AlignedBuffer(count: (to[1] + 31) / 32 * 32)
    let groups = JoinedGroups(groups: layer.groups, geometry: whole)
    self.groups = groups
    var geometry = whole
    geometry.large[1] /= groups.parts
    geometry.small[1] /= groups.parts
    let (large, small, taps) = (geometry.large[1], geometry.small[1], taps)
    // The weight is [small, large, taps] within a part, whichever way the layer goes.
    let downStrides = KernelStrides(output: large * taps, input: taps)
    let upStrides = KernelStrides(output: taps, input: large * taps)
    parts = (0..<groups.parts).map { part in
      let down: () -> any ConvolutionPass = {
        .best(
          geometry.down,
          isPlanar: layer.isPlanar,
          precision: layer.precision,
          table: table,
          threadCount: threadCount
        )
      }
      let up = {
        geometry.up.map {
          DirectPass.best(
            $0,
            precision: layer.precision,
            table: table,
            threadCount: threadCount
          )
        }
      }
      let needsInput = layer.needsInputGradient
      let forward = layer.isTransposed ? up() : [down()]
      let backward = !needsInput ? [] : layer.isTransposed ? [down()] : up()
      var weights: (any WeightGradient)?
      if layer.weight.gradient != nil {
        weights = Self.weightGradient(geometry.down, layer, table, threadCount)
      }
      let (inputs, outputs) = (from[1] / groups.parts, to[1] / groups.parts)
      return Part(
        forward: forward,
        backward: backward,
        weights: weights,
        forwardStrides: layer.isTransposed ? upStrides : downStrides,
        backwardStrides: layer.isTransposed ? downStrides : upStrides,
        offset: part * small * large * taps,
        inputChannels: part * inputs..<(part + 1) * inputs,
        outputChannels: part * outputs..<(part + 1) * outputs
      )
    }
    forwardScratch = parts.flatMap(\.forward).map(\.scratchCount).max() ?? 0
    let sums = layer.bias?.gradient == nil ? 0 : to[0] * ((to[1] + 15) / 16) * 16
    backwardScratch =
      parts.map { part in
        max(part.backward.map(\.scratchCount).max() ?? 0, part.weights?.scratchCount ?? 0, sums)
      }.max() ?? 0
  }

  /// The fastest gradient of weights for a geometry.
  private static func weightGradient(
    _ geometry: PassGeometry,
    _ layer: Description,
    _ table: KernelTable,
    _ threadCount: Int
  ) -> any WeightGradient {
    let kernels = TrainingKernels.of(table.instructionSet)
    if layer.isPlanar { return PatchWeightGradient(geometry, kernels: kernels) }
    if layer.precision == .bfloat16, geometry.suitsMatrixTiles {
      return MatrixTileWeightGradient(geometry, threadCount: threadCount)
    }
    return WinogradWeightGradient(geometry, table: table)
      ?? DirectWeightGradient(geometry, kernels: kernels)
  }

  // MARK: Places

  func halo(ofInput position: Int) -> Halo {
    let (height, width) = inputSize
    var halo = Halo.none
    for part in parts {
      for pass in part.forward { halo = halo.union(pass.halo(height: height, width: width)) }
      guard let weights = part.weights else { continue }
      halo = halo.union(
        isTransposed
          ? weights.outputHalo(height: height, width: width)
          : weights.inputHalo(height: height, width: width)
      )
    }
    return halo
  }

  func halo(ofGradient position: Int) -> Halo {
    let (height, width) = outputSize
    var halo = Halo.none
    for part in parts {
      for pass in part.backward { halo = halo.union(pass.halo(height: height, width: width)) }
      guard let weights = part.weights else { continue }
      // The window of a transposed convolution moves over its output.
      halo = halo.union(
        isTransposed
          ? weights.inputHalo(height: height, width: width)
          : weights.outputHalo(height: height, width: width)
      )
    }
    return halo
  }

  func bind(_ places: LayerPlaces) {
    self.places = places
    for part in parts {
      func slice(_ layout: Layout, _ channels: Range<Int>) -> Layout {
        parts.count == 1 ? layout : layout.slice(channels: channels)
      }
      let input = slice(places.inputs[0], part.inputChannels)
      let output = slice(places.outputs[0], part.outputChannels)
      for pass in part.forward {
        pass.bind(input: input, output: output, scratch: places.forwardScratch)
      }
      guard let gradient = places.outputGradients[0].map({ slice($0, part.outputChannels) }) else {
        continue
      }
      if let target = places.inputGradients[0].map({ slice($0, part.inputChannels) }) {
        for pass in part.backward {
          pass.bind(input: gradient, output: target, scratch: places.backwardScratch)
        }
      }
      let kept = slice(places.keptInputs[0], part.inputChannels)
      part.weights?.bind(
        input: isTransposed ? gradient : kept,
        output: isTransposed ? kept : gradient,
        scratch: places.backwardScratch
      )
    }
  }

  // MARK: Passes

  func load(_ parameters: ParameterValues, _ pool: ThreadPool) {
    parameters.with(weight.value) {
      let weights = groups.spread($0)
      for part in parts {
        for pass in part.forward { pass.pack(weights + part.offset, part.forwardStrides, pool) }
        for pass in part.backward { pass.pack(weights + part.offset, part.backwardStrides, pool) }
      }
    }
    parameters.with(bias?.value) { biases.pointer.update(from: $0, count: outputChannels) }
  }

  func forward(_ run: TrainingRun) {
    for part in parts {
      for pass in part.forward {
        if pass.geometry.taps.isEmpty { fill(run, part, pass.geometry) }
        pass.run(
          run,
          bias: bias == nil ? nil : biases.pointer + part.outputChannels.lowerBound,
          clip: clip,
          accumulates: false
        )
      }
    }
  }

  /// Writes the bias where no tap reaches, as between the pixels of a transposed convolution whose stride
  /// is larger than its kernel.
  private func fill(_ run: TrainingRun, _ part: Part, _ geometry: PassGeometry) {
    guard let output = places?.outputs[0] else { return }
    for channel in part.outputChannels {
      let value = bias == nil ? 0 : biases.pointer[channel]
      let clipped = clip.clips ? min(max(value, clip.lower), clip.upper) : value
      for image in 0..<geometry.batch {
        for row in 0..<geometry.rows {
          let line =
            run.memory
            + output.row(
              image,
              channel / 16,
              geometry.targetOffset.row + row * geometry.targetStride.row
            )
          for column in 0..<geometry.columns {
            let place = geometry.targetOffset.column + column * geometry.targetStride.column
            line[place * 16 + channel % 16] = clipped
          }
        }
      }
    }
  }

  func backward(_ run: TrainingRun) {
    guard let places, let gradient = places.outputGradients[0] else { return }
    if clip.clips { kernels.mask(run, places.outputs[0], gradient, clip) }
    if let index = bias?.gradient {
      run.gradients.fill(index) {
        kernels.sum(run, gradient, scratch: places.backwardScratch, $0)
      }
    }
    run.gradients.fill(weight.gradient) { target in
      groups.collect(target) { target in
        // Towards the weight's own order, [small, large, taps].
        for part in parts {
          let large = isTransposed ? part.outputChannels.count : part.inputChannels.count
          part.weights?.run(
            run,
            target + part.offset,
            KernelStrides(output: large * taps, input: taps)
          )
        }
      }
    }
    guard let target = places.inputGradients[0] else { return }
    let accumulates = places.accumulates[0]
    let hasGaps = parts.contains { $0.backward.contains { $0.geometry.taps.isEmpty } }
    if hasGaps, !accumulates { target.clear(run.memory, run.pool) }
    for part in parts {
      for pass in part.backward {
        pass.run(run, bias: nil, clip: .none, accumulates: accumulates)
      }
    }
  }
}
