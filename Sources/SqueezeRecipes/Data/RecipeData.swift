import Foundation
public import SqueezeData
public import SqueezeExperiments
public import SqueezeGraph
public import SqueezeTensor

/// The samples of a compression: some to judge by, others to calibrate and choose by, and those that
/// retraining learns from where there is a training config.
public struct RecipeData: Sendable {
  /// What accuracy before and after is measured on, in order.
  public let judged: BatchLoader
  /// Samples without labels to calibrate and choose by; none of them is judged.
  public let calibration: BatchLoader
  /// What retraining needs; `nil` without training data.
  let retraining: Retraining?
  /// The model, with labels and preprocessing of the data where it had none.
  public let model: Model
  /// What was odd, in words.
  public var remarks: [String]

  /// Opens the data that a training config names: its test split is judged, and calibration takes samples of
  /// the training split as they are, without augmentation.
  ///
  /// - Parameters:
  ///   - config: the config; its `threads` and `seed` count.
  ///   - model: what is to be compressed.
  ///   - calibration: the most samples to calibrate on.
  ///   - teaching: the recipe's `teach`: the model, as it comes in, teaches while it is retrained.
  /// - Throws: `ConfigError`, `DataError` or ``RecipeError`` where config and model do not fit.
  public init(
    training config: ExperimentConfig,
    model: Model,
    calibration: Int,
    teaching: Settings? = nil
  ) throws {
    try Self.check(model)
    let parts = try TrainingSession(config).prepare(for: model, teaching: teaching)
    guard let measured = parts.data.measured else {
      throw RecipeError(
        config.file,
        expected: "a test split or a share of validation to judge by",
        actual: "neither"
      )
    }
    let learnt = parts.data.training.examples
    let chosen = Self.choose(calibration, of: learnt.count, seed: config.seed)
    let size = Self.batchSize(model)
    judged = try BatchLoader(measured.examples, batchSize: min(size, measured.examples.count))
    self.calibration = try BatchLoader(
      ExampleSubset(learnt, chosen, name: "calibration"),
      batchSize: min(size, chosen.count)
    )
    self.model = parts.model
    retraining = Retraining(config: config, parts: parts)
    remarks = parts.data.remarks
  }

  /// Opens labelled pictures without any retraining.
  ///
  /// Where the folder has a training split besides another, calibration takes samples of it; else samples are
  /// set apart by chance, and the others are judged.
  ///
  /// - Parameters:
  ///   - path: as `DatasetLocator` understands it.
  ///   - model: what is to be compressed; its input is `[N, C, H, W]`.
  ///   - preprocessing: `nil` takes the model's own.
  ///   - calibration: the most samples to calibrate on.
  ///   - limit: the most samples to judge by; `nil` takes all.
  ///   - seed: says which samples are set apart.
  /// - Throws: `DataError` or ``RecipeError`` where data and model do not fit.
  public init(
    pictures path: String,
    model: Model,
    preprocessing: Preprocessing? = nil,
    calibration: Int,
    limit: Int? = nil,
    seed: UInt64
  ) throws {
    try Self.check(model)
    let shape = model.inputs[0].shape()
    guard shape.rank == 4 else {
      throw RecipeError(
        "input \(model.inputs[0].name)",
        expected: "[N, C, H, W] for pictures; name a training config for other data",
        actual: "\(shape)"
      )
    }
    guard var preprocessing = preprocessing ?? model.preprocessing else {
      throw RecipeError(
        "model \(model.name)",
        expected: "to know how a picture becomes its input (--preprocess)",
        actual: "no preprocessing in the file"
      )
    }
    preprocessing.layout = .nchw
    var model = model
    if model.preprocessing == nil { model.preprocessing = preprocessing }
    func open(_ split: String?) throws -> PictureExamples {
      try PictureExamples(
        try DatasetLocator.open(path, split: split),
        preprocessing: preprocessing,
        height: shape[2],
        width: shape[3]
      )
    }
    let all = try open(nil)
    let size = Self.batchSize(model)
    var remarks: [String] = []
    if let training = try? open("train"), training.name != all.name || training.count != all.count {
      let chosen = Self.choose(calibration, of: training.count, seed: seed)
      judged = try Self.loader(all, Array(0..<all.count), limit, size)
      self.calibration = try Self.loader(training, chosen, nil, size)
      remarks.append("calibrates on \(chosen.count) samples of the training split")
    } else {
      let chosen = Self.choose(min(calibration, all.count / 2), of: all.count, seed: seed)
      let apart = Set(chosen)
      guard !chosen.isEmpty else {
        throw RecipeError(path, expected: "at least two samples", actual: "\(all.count)")
      }
      judged = try Self.loader(all, (0..<all.count).filter { !apart.contains($0) }, limit, size)
      self.calibration = try Self.loader(all, chosen, nil, size)
      remarks.append(
        "calibrates on \(chosen.count) samples, judges by the other \(judged.sampleCount)"
      )
    }
    self.model = model
    retraining = nil
    self.remarks = remarks
  }

  /// Whether there is data to retrain on.
  public var canRetrain: Bool { retraining != nil }

  private static func loader(
    _ examples: any TrainingExamples,
    _ indices: [Int],
    _ limit: Int?,
    _ size: Int
  ) throws -> BatchLoader {
    let subset = ExampleSubset(examples, Array(indices.prefix(limit ?? .max)))
    return try BatchLoader(
      CachedExamples(subset, byteLimit: 1_000_000_000),
      batchSize: max(1, min(size, subset.count))
    )
  }

  /// So many of `count` samples by chance, in order.
  private static func choose(_ number: Int, of count: Int, seed: UInt64) -> [Int] {
    var random = SeededGenerator(seed: seed ^ 0x5ca1_ab1e)
    return Array(Array(0..<count).shuffled(using: &random).prefix(number)).sorted()
  }

  /// The samples of one run: as many as are quick and fit the model's first axis.
  private static func batchSize(_ model: Model) -> Int {
    if case .fixed(let size) = model.inputs[0].dimensions.first { return size }
    return min(100, max(1, 300_000 / max(1, model.inputs[0].shape().count)))
  }

  private static func check(_ model: Model) throws(RecipeError) {
    guard model.inputs.count == 1, model.inputs[0].dimensions.count >= 2, !model.outputs.isEmpty
    else {
      throw RecipeError(
        "model \(model.name)",
        expected: "one input",
        actual: "\(model.inputs.count)"
      )
    }
  }
}

extension RecipeData {
  /// The calibration samples as inputs of a model, batch by batch.
  ///
  /// - Parameter limit: the most samples, rounded up to whole batches.
  /// - Returns: a tensor for the model's input each.
  /// - Throws: ``RecipeError`` without a whole batch, and the error of a sample that cannot be read.
  func calibrationInputs(_ limit: Int = .max) throws -> [[String: Tensor]] {
    let name = model.inputs[0].name
    var inputs: [[String: Tensor]] = []
    var samples = 0
    for index in 0..<calibration.batchCount where samples < limit {
      let batch = try calibration.batch(index, epoch: 0)
      // A model of fixed batch cannot take the smaller last one.
      guard model.inputs[0].accepts(batch.inputs.shape) else { continue }
      inputs.append([name: batch.inputs])
      samples += batch.inputs.shape[0]
    }
    guard !inputs.isEmpty else {
      throw RecipeError("calibration", expected: "at least one whole batch", actual: "none")
    }
    return inputs
  }
}
