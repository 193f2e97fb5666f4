public import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
public import SqueezeTensor

/// Puts the activations and weights of a model of floats on grids of 8 bits.
///
/// The range of each value is chosen by a rule from what it is on some inputs; its grid is asymmetric and
/// unsigned, `scale = (max − min) / 255`, with 0 a point of it. Weights are signed and symmetric, one
/// scale per output channel unless asked for otherwise. The result has pairs of QuantizeLinear and
/// DequantizeLinear around convolutions, fully connected layers, pools, sums and concatenations; other
/// operators keep computing with reals. Weights that are integers already stay as they are.
///
/// With trainable weights the result is a model for quantization-aware training: the pairs pass gradients
/// straight through inside their ranges, and real weights train behind their grids until
/// ``LatentWeightRemoval`` leaves them out.
///
/// Source: Jacob et al., "Quantization and Training of Neural Networks for Efficient
/// Integer-Arithmetic-Only Inference" (2018), §2.1 and §3; Nagel et al., "A White Paper on Neural
/// Network Quantization" (2021), §3.
public struct ActivationQuantization: Sendable, Hashable {
  /// How the ranges of activations are chosen.
  public var rule: RangeRule
  /// How weights get their grids.
  public var weights: WeightQuantization
  /// Whether biases make up for what rounding shifts on average; see ``BiasCorrection``.
  public var correctsBias: Bool

  /// Creates the method.
  public init(
    rule: RangeRule = .minMax,
    weights: WeightQuantization = WeightQuantization(),
    correctsBias: Bool = false
  ) {
    self.rule = rule
    self.weights = weights
    self.correctsBias = correctsBias
  }

  /// Whether a model has quantized activations already.
  public static func isQuantized(_ model: Model) -> Bool {
    model.nodes.contains { $0.op is QuantizeLinear }
  }

  /// The model on grids.
  ///
  /// - Parameters:
  ///   - model: a model of floats.
  ///   - inputs: what the ranges are taken from, at least one; each a tensor for every input. They are read
  ///     one at a time, so a lazy collection need not fit into memory.
  ///   - run: runs a model on one of them.
  /// - Returns: the model with integer weights and pairs around its layers.
  /// - Throws: ``CalibrationError`` without inputs or where a value is not finite, ``QuantizationError``
  ///   for weights that cannot be quantized, and what `run` throws.
  public func apply(
    to model: Model,
    calibratedOn inputs: some Collection<[String: Tensor]>,
    using run: @escaping ModelRun
  ) throws -> Model {
    try apply(to: model, calibratedOn: inputs) { model in { try run(model, $0) } }
  }

  /// The model on grids, as ``apply(to:calibratedOn:using:)``, by a runtime that prepares a model once.
  ///
  /// - Parameters:
  ///   - model: a model of floats.
  ///   - inputs: what the ranges are taken from.
  ///   - prepare: prepares a model to run many times, such as `Runtime.prepared`.
  /// - Returns: the model with integer weights and pairs around its layers.
  /// - Throws: as ``apply(to:calibratedOn:using:)``.
  public func apply(
    to model: Model,
    calibratedOn inputs: some Collection<[String: Tensor]>,
    preparing prepare: ModelPreparation
  ) throws -> Model {
    guard let first = inputs.first else {
      throw CalibrationError("calibration", expected: "at least one input", actual: "none")
    }
    var calibration = try ActivationCalibration(model, shapes: first.mapValues(\.shape))
    let run = try prepare(calibration.observed)
    for sample in inputs { try calibration.observe(sample, run) }
    let quantized = try quantized(calibration)
    guard correctsBias else { return quantized }
    return try BiasCorrection().apply(
      to: quantized,
      like: calibration.model,
      calibratedOn: inputs,
      preparing: prepare
    )
  }

  /// The model on grids whose ranges are chosen from what a calibration saw.
  ///
  /// - Throws: ``QuantizationError`` for weights that cannot be quantized.
  public func quantized(_ calibration: ActivationCalibration) throws -> Model {
    let grids = calibration.ranges(rule).mapValues(Self.grid)
    var model = calibration.graph.withPairs(grids)
    let axes = model.outputAxes
    for node in model.nodes where node.op is Convolution || node.op is FullyConnected {
      let key = Model.key(node.name, "weight")
      guard let weight = model.parameters[key], !isOnGrid(weight) else { continue }
      model.parameters[key] = try weights.quantized(weight, key, outputAxis: axes[key] ?? 0)
    }
    return model
  }

  /// Whether a weight is on a grid that integer kernels take.
  private func isOnGrid(_ weight: any ParameterEncoding) -> Bool {
    switch weight {
    case let integer as UniformInteger: integer.bits <= 8 && integer.axis ?? 0 == 0
    case let latent as StraightThroughInteger:
      weights.isTrainable && latent.bits <= 8 && latent.axis ?? 0 == 0
    default: false
    }
  }

  /// The grid of 256 points that covers a range.
  private static func grid(_ range: ClosedRange<Float>) -> QuantizationGrid {
    let width = range.upperBound - range.lowerBound
    guard width > 0, width / 255 > .leastNormalMagnitude, width.isFinite else {
      return QuantizationGrid(scale: 1, zeroPoint: 0)
    }
    let scale = width / 255
    let zero = Int((-range.lowerBound / scale).rounded(.toNearestOrEven))
    return QuantizationGrid(scale: scale, zeroPoint: min(max(zero, 0), 255))
  }
}

extension ClosedRange where Bound == Float {
  /// The smallest range that contains both.
  func union(_ other: ClosedRange<Float>) -> ClosedRange<Float> {
    Swift.min(lowerBound, other.lowerBound)...Swift.max(upperBound, other.upperBound)
  }
}
