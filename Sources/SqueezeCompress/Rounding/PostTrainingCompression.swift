public import SqueezeGraph
public import SqueezeTensor

/// Makes a trained model small without training it: integers chosen by rate and distortion from a few
/// inputs without labels.
///
/// 1. The moments of every layer's inputs are taken (`InputCovariance`), and how much the model's outputs
///    suffer from errors of each layer (`LayerSensitivity`).
/// 2. One number, the distortion `λ` that a bit may cost, then decides everything: the step of every weight
///    and bias, and the levels (`RateDistortionRounding`). It is sought until the file has its size.
/// 3. Layer by layer, the weights are rounded again so that they make good what the rounded layers before
///    them do to their inputs; at last `λ` is trimmed at fixed steps until the size is met once more.
///
/// The result does not depend on the number of threads or on chance. Batch normalizations are folded into
/// the layers before them. Convolutions of any kind and fully connected layers take part; transposed
/// convolutions without compensation.
public struct PostTrainingCompression: Sendable {
  /// What is asked for.
  public enum Target: Sendable, Hashable {
    /// At most so many bytes, as the caller measures them.
    case bytes(Int)
    /// A distortion of the model's outputs: for probabilities the mean divergence in nats, else half the
    /// mean square error over the variance, measured on some of the calibration inputs. The smallest file
    /// within it.
    case distortion(Double)
  }

  public var target: Target
  /// Whether weights that are 0 stay 0; else a few come back where that pays, and more go.
  public var keepsZeros: Bool
  /// Whether the third stage takes place.
  public var compensatesEarlierLayers: Bool
  /// How close below the target the size has to come, as a part of it.
  public var tolerance = 0.003

  /// The inputs the third stage looks at.
  static let compensationInputs = 100

  /// Creates the method.
  public init(
    target: Target,
    keepsZeros: Bool = false,
    compensatesEarlierLayers: Bool = true
  ) {
    self.target = target
    self.keepsZeros = keepsZeros
    self.compensatesEarlierLayers = compensatesEarlierLayers
  }

  /// How far the work is.
  public struct Progress: Sendable, Hashable {
    public enum Stage: String, Sendable, Hashable, CaseIterable {
      case moments, sensitivities, size, compensation, trimming
    }
    public var stage: Stage
    /// The part of the stage that is done, 0 to 1.
    public var fraction: Double
    /// The bytes of the last candidate, once there is one.
    public var bytes: Int?
  }

  /// Compresses a model.
  ///
  /// - Parameters:
  ///   - model: a trained model.
  ///   - inputs: what it is calibrated on, at least one; each a tensor for every input.
  ///   - runtime: runs models.
  ///   - size: the bytes of a model's file.
  ///   - progress: told what has been done.
  /// - Returns: the model with integers for the weights and biases of its layers.
  /// - Throws: ``CalibrationError`` without inputs or layers, or where the target cannot be reached, and
  ///   what `runtime`, `size` and `progress` throw.
  public func apply(
    to model: Model,
    calibratedOn inputs: [[String: Tensor]],
    using runtime: any Runtime,
    size: (Model) throws -> Int,
    progress: (Progress) throws -> Void = { _ in }
  ) throws -> Model {
    let calibration = try RoundingCalibration(folding: model, inputs: inputs, runtime: runtime)
    let model = calibration.model
    var layers = try calibration.layers(keepsZeros: keepsZeros) {
      try progress(Progress(stage: .moments, fraction: $0))
    }
    let distortion = try calibration.measureSensitivities(of: &layers) {
      try progress(Progress(stage: .sensitivities, fraction: $0))
    }
    let search = BitPriceSearch(target: target, tolerance: tolerance)
    var price = try search.price(startingAt: Self.firstPrice) { price, attempt in
      var candidate = model
      for layer in layers { layer.round(bitPrice: price, in: &candidate) }
      return try measure(candidate, calibration, distortion, size) { bytes in
        try progress(Progress(stage: .size, fraction: attempt, bytes: bytes))
      }
    }
    let steps = layers.map { $0.step(bitPrice: price) }
    if compensatesEarlierLayers {
      try calibration.compensate(&layers, limit: Self.compensationInputs) { index, layer, model in
        layer.round(bitPrice: price, step: steps[index], in: &model)
      } progress: {
        try progress(Progress(stage: .compensation, fraction: $0))
      }
      price = try search.price(startingAt: price) { price, attempt in
        var candidate = model
        for (layer, step) in zip(layers, steps) {
          layer.round(bitPrice: price, step: step, in: &candidate)
        }
        return try measure(candidate, calibration, distortion, size) { bytes in
          try progress(Progress(stage: .trimming, fraction: attempt, bytes: bytes))
        }
      }
    }
    var result = model
    for (layer, step) in zip(layers, steps) {
      layer.round(bitPrice: price, step: step, in: &result)
    }
    return result
  }

  /// The bytes or the distortion of a candidate, whichever the target is about.
  private func measure(
    _ candidate: Model,
    _ calibration: RoundingCalibration,
    _ distortion: OutputDistortion,
    _ size: (Model) throws -> Int,
    report: (Int) throws -> Void
  ) throws -> Double {
    switch target {
    case .bytes:
      let bytes = try size(candidate)
      try report(bytes)
      return Double(bytes)
    case .distortion:
      let outputs = try calibration.probes.map(try calibration.runtime.prepared(candidate))
      try report(try size(candidate))
      return distortion.mean(of: outputs)
    }
  }

  /// The price the search begins with: a bit for 10⁻⁷ nats.
  private static let firstPrice = 1e-7
}
