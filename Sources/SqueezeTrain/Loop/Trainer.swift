public import SqueezeData
public import SqueezeGraph

/// Trains a model: batches in, steps, evaluations and checkpoints out.
///
/// The same model, data, settings and seed give the same bits, whatever the thread count, and however
/// often training was stopped and went on.
public final class Trainer {
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
    throw .setting("trainer", expected: "an implementation", actual: "none")
  }

  /// Trains until all epochs are done, patience ends or `shouldStop` says so.
  ///
  /// - Parameters:
  ///   - training: the batches to learn from.
  ///   - validation: the batches to evaluate on after an epoch; all of them are used.
  ///   - resume: go on from the folder's last checkpoint; begin where there is none.
  ///   - observe: gets every event; what it throws ends the training at once.
  ///   - shouldStop: asked after each step; `true` saves and returns.
  /// - Throws: ``TrainingError``, and what runtimes and batch sources throw.
  public func run(
    training: any BatchSource,
    validation: (any BatchSource)? = nil,
    resume: Bool = false,
    observe: (TrainingEvent) throws -> Void = { _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> TrainingResult {
    throw TrainingError.setting("trainer", expected: "an implementation", actual: "none")
  }
}
