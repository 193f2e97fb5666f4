import Foundation
import SqueezeData
import SqueezeEngine
import SqueezeExperiments
import SqueezeGraph
import SqueezeTensor
import SqueezeTrain

/// Trains a model further with the data and ways of a training config.
struct Retraining: Sendable {
  let config: ExperimentConfig
  let parts: TrainingSession.Parts

  /// The batches of one epoch.
  var batchesPerEpoch: Int { parts.data.training.batchCount }

  /// Which part of how much training this is.
  struct Span {
    /// The batches done by steps before this one: what augmentation and order go on from.
    var seen: Int
    /// The batches of this part, within `total` of its schedule of rates.
    var batches: Range<Int>
    var total: Int
  }

  /// What a step says about learning, instead of the config.
  func learning(_ settings: Settings) -> LearningSetup {
    var changed = config
    var values = changed.settings.values
    if let schedule = settings.settings("schedule") { values["schedule"] = .settings(schedule) }
    if let optimizer = settings.settings("optimizer") { values["optimizer"] = .settings(optimizer) }
    if let rate = settings.number("rate"), case .settings(var optimizer) = values["optimizer"] {
      optimizer.values["rate"] = .number(rate)
      values["optimizer"] = .settings(optimizer)
    }
    if let decay = settings.number("weight_decay") {
      var section = changed.settings.settings("weight_decay") ?? Settings()
      section.values["weights"] = .number(decay)
      values["weight_decay"] = .settings(section)
    }
    changed.settings.values = values
    return LearningSetup(changed)
  }

  /// Trains a part of a schedule; goes on from a checkpoint in `folder` where there is one.
  ///
  /// Momentum begins anew with each part; order and augmentation go on as in one long training.
  ///
  /// - Parameters:
  ///   - model: where weights begin, in encodings that keep masks and tables.
  ///   - span: which batches.
  ///   - learning: the optimizer and schedule.
  ///   - folder: holds checkpoints.
  ///   - threads: how many share the work; results do not depend on it.
  ///   - observe: gets every event.
  ///   - shouldStop: `true` saves and ends with an interruption.
  /// - Returns: the last model.
  /// - Throws: ``RecipeInterruption`` where `shouldStop` says so, and what training throws.
  func train(
    _ model: Model,
    _ span: Span,
    learning: LearningSetup,
    folder: URL,
    threads: Int,
    observe: (TrainingEvent) -> Void,
    shouldStop: () -> Bool
  ) throws -> Model {
    let frozen = parts.frozen.filter { model.parameters[$0] != nil }
    var options = learning.options(folder: RunFolder(folder), frozen: frozen, data: parts.data)
    options.epochs = 1
    options.bestMetric = .loss
    options.patience = nil
    options.threadCount = threads
    options.checkpointEverySteps = max(1, batchesPerEpoch / options.accumulation)
    let window = BatchWindow(
      parts.data.prepared,
      first: span.seen + span.batches.lowerBound,
      count: span.batches.count
    )
    let part = PartOfSchedule(
      learning.schedule,
      first: span.batches.lowerBound / options.accumulation,
      total: (span.total + options.accumulation - 1) / options.accumulation,
      stepsPerEpoch: max(1, batchesPerEpoch / options.accumulation)
    )
    let trainer = try Trainer(
      model: model,
      loss: parts.loss,
      optimizer: learning.optimizer,
      schedule: part,
      runtime: FastTrainingRuntime(),
      evaluator: FastRuntime(threadCount: threads),
      options: options
    )
    let result = try trainer.run(
      training: window,
      resume: true,
      observe: observe,
      shouldStop: shouldStop
    )
    guard result.end != .stopped else { throw RecipeInterruption() }
    return result.model
  }
}

/// A wish to stop that was followed; everything needed to go on is saved.
public struct RecipeInterruption: Error, Sendable, Hashable, CustomStringConvertible {
  /// Creates the error.
  public init() {}
  public var description: String { "stopped; --resume goes on" }
}

/// Consecutive batches of a source as one epoch, wherever its own epochs end.
struct BatchWindow: BatchSource {
  let base: any BatchSource
  /// The first batch, counted over epochs.
  let first: Int
  let batchCount: Int

  /// Takes `count` batches from the `first` on.
  init(_ base: any BatchSource, first: Int, count: Int) {
    self.base = base
    self.first = first
    batchCount = count
  }

  var name: String { base.name }
  var classes: [String] { base.classes }
  var inputShape: Shape { base.inputShape }
  var batchSize: Int { base.batchSize }
  var sampleCount: Int { batchCount * base.batchSize }

  func batch(_ index: Int, epoch: Int) throws -> TrainingBatch {
    let place = first + epoch * batchCount + index
    return try base.batch(place % base.batchCount, epoch: place / base.batchCount)
  }
}

/// The rates of some steps of a longer schedule.
struct PartOfSchedule: Schedule {
  let schedule: any Schedule
  let first: Int
  let total: Int
  let stepsPerEpoch: Int

  /// Takes the steps of `schedule` from the `first` on.
  init(_ schedule: any Schedule, first: Int, total: Int, stepsPerEpoch: Int) {
    self.schedule = schedule
    self.first = first
    self.total = total
    self.stepsPerEpoch = stepsPerEpoch
  }

  var settings: String {
    "PartOfSchedule(\(schedule.settings), first: \(first), total: \(total), "
      + "stepsPerEpoch: \(stepsPerEpoch))"
  }

  func rate(step: Int, of total: Int, stepsPerEpoch: Int) -> Double {
    schedule.rate(step: first + step, of: self.total, stepsPerEpoch: self.stepsPerEpoch)
  }
}
