public import SqueezeData
public import SqueezeGraph
import SqueezeTensor

/// Trains a model: batches in, steps, evaluations and checkpoints out.
///
/// The same model, data, settings and seed give the same bits, whatever the thread count, and however
/// often training was stopped and went on.
public final class Trainer {
  let model: Model
  let loss: any Loss
  let optimizer: any Optimizer
  let schedule: any Schedule
  let runtime: any TrainingRuntime
  let evaluator: any Runtime
  let options: TrainerOptions
  /// The name of the input, and of the value that the loss sees.
  let (input, output): (String, String)

  /// Prepares to train a model.
  ///
  /// - Parameters:
  ///   - model: the graph and where its parameters begin, see ``Initializer``.
  ///   - loss: what gets smaller.
  ///   - optimizer: how parameters follow gradients.
  ///   - schedule: the learning rate of each step.
  ///   - runtime: what runs the model forwards and backwards.
  ///   - evaluator: what runs the model as it will be used.
  ///   - options: everything else.
  /// - Throws: ``TrainingError`` where a setting makes no sense.
  public init(
    model: Model,
    loss: any Loss,
    optimizer: any Optimizer,
    schedule: any Schedule,
    runtime: any TrainingRuntime,
    evaluator: any Runtime,
    options: TrainerOptions = TrainerOptions()
  ) throws(TrainingError) {
    try options.check()
    (input, output) = try model.ends(options.output, of: loss)
    self.model = model
    self.loss = loss
    self.optimizer = optimizer
    self.schedule = schedule
    self.runtime = runtime
    self.evaluator = evaluator
    self.options = options
  }

  /// Trains until all epochs are done, patience ends or `shouldStop` says so.
  ///
  /// - Parameters:
  ///   - training: the batches to learn from.
  ///   - validation: the batches to evaluate on after an epoch; all of them are used.
  ///   - resume: go on from the last checkpoint; begin where there is none.
  ///   - observe: gets every event; what it throws ends the training at once.
  ///   - shouldStop: asked after each step; `true` saves and returns.
  /// - Returns: the models, the history and why training ended.
  /// - Throws: ``TrainingError``, and what runtimes and batch sources throw.
  public func run(
    training: any BatchSource,
    validation: (any BatchSource)? = nil,
    resume: Bool = false,
    observe: (TrainingEvent) throws -> Void = { _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> TrainingResult {
    var run = try TrainingRun(self, training: training, validation: validation)
    if resume { try run.resume(observe) }
    return try run.run(observe: observe, shouldStop: shouldStop)
  }
}

extension TrainerOptions {
  /// Checks every number.
  func check() throws(TrainingError) {
    let counts = [
      ("epochs", epochs), ("accumulation", accumulation), ("threads", threadCount),
      ("evaluate every", evaluateEvery), ("patience", patience ?? 1),
      ("checkpoint every steps", checkpointEverySteps ?? 1),
    ]
    for (name, count) in counts where count < 1 {
      throw .setting(name, expected: "at least 1", actual: "\(count)")
    }
    guard (0...1).contains(statisticsMomentum) else {
      throw .setting("statistics momentum", expected: "0 to 1", actual: "\(statisticsMomentum)")
    }
    if let average, !(0..<1).contains(average.decay) {
      throw .setting("average decay", expected: "0 up to 1", actual: "\(average.decay)")
    }
    if let clipping, !(clipping.limit > 0) {
      throw .setting("gradient clipping", expected: "above 0", actual: "\(clipping.limit)")
    }
    for decay in [weightDecay.standard] + weightDecay.groups.map(\.decay)
    where !(decay >= 0 && decay.isFinite) {
      throw .setting("weight decay", expected: "at least 0", actual: "\(decay)")
    }
    guard lossLimit > 0 else {
      throw .setting("loss limit", expected: "above 0", actual: "\(lossLimit)")
    }
  }
}
