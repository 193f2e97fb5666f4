import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// A layer of a model on its way to integers.
struct RoundedLayer: Sendable {
  let node: Node
  let weightKey: String
  let biasKey: String?
  let input: String
  let patches: LayerPatches
  let weight: Tensor
  let bias: Tensor?
  let keepsZeros: Bool
  /// The moments of the inputs: of the original model's, or of the rounded model's too.
  var covariance: InputCovariance
  /// The rounding of the weights, or of what makes good the errors of earlier layers.
  private(set) var rate: RateDistortionRounding

  /// The layers of a model whose weights are to be rounded, in the order of the graph.
  static func places(in model: Model) -> [Place] {
    model.nodes.compactMap { node in
      let key = Model.key(node.name, "weight")
      guard let weight = model.parameters[key], weight.type.isReal, weight.shape.count > 1,
        let input = node.inputs.first, let patches = LayerPatches(node, weight: weight.shape)
      else { return nil }
      return Place(node: node, key: key, input: input, patches: patches)
    }
  }

  /// Where a layer is.
  struct Place: Sendable {
    let node: Node
    let key: String
    let input: String
    let patches: LayerPatches
  }

  /// Prepares a layer whose inputs have been observed.
  init(_ place: Place, of model: Model, covariance: InputCovariance, keepsZeros: Bool) {
    node = place.node
    weightKey = place.key
    input = place.input
    patches = place.patches
    weight = model.parameters[place.key]?.decoded() ?? Tensor(zeros: [0])
    let biasKey = Model.key(node.name, "bias")
    let isTransposed = node.op is TransposedConvolution
    bias = isTransposed ? nil : model.parameters[biasKey]?.decoded()
    self.biasKey = bias == nil ? nil : biasKey
    self.keepsZeros = keepsZeros
    self.covariance = covariance
    let rounding = SecondOrderRounding(
      weight,
      covariance: covariance,
      isCentered: bias != nil,
      keepsZeros: keepsZeros
    )
    rate = RateDistortionRounding(rounding: rounding, sensitivity: 1)
  }

  /// The distortion of the model per mean square error of the layer's outputs.
  var sensitivity: Double {
    get { rate.sensitivity }
    set { rate.sensitivity = newValue }
  }

  /// The step of the weights that suits the price of a bit.
  func step(bitPrice: Double) -> Float { rate.step(bitPrice: bitPrice) }

  /// The rounding of the weights.
  var rounding: SecondOrderRounding { rate.rounding }

  /// A copy that aims at what makes good the errors of earlier layers.
  ///
  /// Given now `x` where the original had `z`, the weights `w + w D H⁻¹` with `D = mean (z − x) xᵀ`
  /// and `H = mean x xᵀ` (plus a ridge) come closest to the original outputs. Only a part of the way is
  /// taken, because the moments come from few inputs.
  ///
  /// Source: Li et al., "GPTAQ: Efficient Finetuning-Free Quantization for Asymmetric Calibration" (2025),
  /// §3, which uses the same moments.
  func compensating(_ covariance: InputCovariance, part: Double) -> RoundedLayer {
    var copy = self
    copy.covariance = covariance
    let isCentered = bias != nil
    var target = weight.scalars
    let matrices = covariance.blocks.map { covariance.matrix($0, isCentered: isCentered) }
    let rows = patches.rows / patches.groups
    for (block, matrix) in zip(covariance.blocks, matrices) {
      let n = block.columns.count
      let cross = covariance.crossMatrix(block, isCentered: isCentered)
      let mean = (0..<n).reduce(0) { $0 + matrix[$1 * n + $1] } / Double(n)
      let factor = CholeskyFactor(
        matrix,
        stride: n,
        order: Array(0..<n),
        ridge: SecondOrderRounding.damping * mean
      )
      for row in block.group * rows..<(block.group + 1) * rows {
        let first = row * patches.columns + block.columns.lowerBound
        var moments = [Double](repeating: 0, count: n)
        for i in 0..<n where weight.scalars[first + i] != 0 {
          let value = Double(weight.scalars[first + i])
          for j in 0..<n { moments[j] += value * cross[i * n + j] }
        }
        for (i, change) in factor.solve(moments).enumerated()
        where !keepsZeros || weight.scalars[first + i] != 0 {
          target[first + i] += Float(part * change)
        }
      }
    }
    copy.rate.rounding = SecondOrderRounding(
      target,
      patches: patches,
      blocks: covariance.blocks,
      matrices: matrices,
      keepsZeros: keepsZeros
    )
    return copy
  }

  // MARK: Putting a layer into a model

  /// Rounds the layer and replaces its parameters in a model.
  ///
  /// The bias takes up what the errors do to the mean output, `b + w z̄ − ŵ x̄`, and is rounded to the step
  /// that the same price gives; its curvature is 1.
  @discardableResult
  func round(bitPrice: Double, step: Float? = nil, in model: inout Model)
    -> RateDistortionRounding.Result
  {
    let result = rate.rounded(bitPrice: bitPrice, step: step)
    put(result, biasStep: biasStep(bitPrice), in: &model)
    return result
  }

  /// Rounds the layer to a step without regard to bits, the bias not at all, and puts it into a model.
  func round(step: Float, in model: inout Model) -> RateDistortionRounding.Result {
    let rounded = rounding.rounded(steps: [step])
    let result = RateDistortionRounding.Result(
      step: step,
      integers: rounded.integers,
      error: rounded.error
    )
    put(result, biasStep: nil, in: &model)
    return result
  }

  private func biasStep(_ bitPrice: Double) -> Float {
    RateDistortionRounding.step(bitPrice: bitPrice, sensitivity: sensitivity, curvature: 1)
  }

  private func put(
    _ result: RateDistortionRounding.Result,
    biasStep: Float?,
    in model: inout Model
  ) {
    model.parameters[weightKey] = UniformGrid.encoding(
      weight.shape,
      result.integers,
      step: result.step
    )
    guard let bias, let biasKey else { return }
    let values = corrected(bias.scalars, result.integers, steps: [result.step])
    guard let biasStep else {
      model.parameters[biasKey] = Dense(Tensor(bias.shape, values))
      return
    }
    let step = UniformGrid.admissible(biasStep, for: values)
    model.parameters[biasKey] = UniformGrid.encoding(
      bias.shape,
      values.map { SecondOrderRounding.nearest($0 / step) },
      step: step
    )
  }

  /// Puts integers with one step per row into a model, and a bias of floats that takes up their errors'
  /// mean.
  func put(_ integers: [Int32], steps: [Float], bits: Int, into model: inout Model) {
    // The rows of a transposed convolution are no channels: its weights share one scale.
    let isPerRow = steps.count == weight.shape[0] && steps.count > 1
    model.parameters[weightKey] = UniformInteger(
      shape: weight.shape,
      integers: integers,
      scales: steps,
      zeroPoints: [Int32](repeating: 0, count: steps.count),
      bits: bits,
      axis: isPerRow ? 0 : nil
    )
    guard let bias, let biasKey else { return }
    model.parameters[biasKey] = Dense(
      Tensor(bias.shape, corrected(bias.scalars, integers, steps: steps))
    )
  }

  /// `b + w z̄ − ŵ x̄`: the bias that keeps the mean output.
  private func corrected(_ bias: [Float], _ integers: [Int32], steps: [Float]) -> [Float] {
    var sums = bias.map { Double($0) }
    let rows = patches.rows / patches.groups
    for block in covariance.blocks {
      let now = covariance.means(block)
      let differences = covariance.means(block, ofDifference: true)
      for row in block.group * rows..<(block.group + 1) * rows {
        let first = row * patches.columns + block.columns.lowerBound
        let step = steps.count == 1 ? steps[0] : steps[row]
        for (i, mean) in now.enumerated() {
          let before = Double(weight.scalars[first + i])
          sums[row] += (before - Double(Float(integers[first + i]) * step)) * mean
          if !differences.isEmpty { sums[row] += before * differences[i] }
        }
      }
    }
    return sums.map { Float($0) }
  }
}
