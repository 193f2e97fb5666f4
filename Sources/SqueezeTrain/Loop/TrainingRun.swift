import SqueezeData
import SqueezeGraph
import SqueezeTensor

/// One training from its beginning or its last checkpoint to its end.
struct TrainingRun {
  let trainer: Trainer
  let training: any BatchSource
  let validation: (any BatchSource)?
  let stepsPerEpoch: Int
  var store: ParameterStore
  var state = TrainingState()
  var best: Model?
  var stepper: Stepper
  /// Of this run alone.
  var (samples, stepSeconds) = (0, 0.0)
  private var hasWarnedOfClasses = false

  static let lastName = "last.checkpoint"
  static let bestName = "best.checkpoint"

  init(
    _ trainer: Trainer,
    training: any BatchSource,
    validation: (any BatchSource)?
  ) throws {
    for source in [training, validation].compactMap({ $0 })
    where source.sampleCount < 1 || source.batchCount < 1 {
      throw TrainingError.setting(source.name, expected: "at least one sample", actual: "none")
    }
    self.trainer = trainer
    self.training = training
    self.validation = validation
    let accumulation = trainer.options.accumulation
    stepsPerEpoch = (training.batchCount + accumulation - 1) / accumulation
    let part = trainer.model.giving([trainer.output])
    try trainer.check(part, training)
    store = try ParameterStore(
      trainer.model,
      training: part,
      optimizer: trainer.optimizer,
      options: trainer.options
    )
    guard !store.trained.isEmpty else {
      throw TrainingError.setting("model", expected: "a parameter to train", actual: "none")
    }
    stepper = Stepper(trainer, part)
    state.seed = trainer.options.seed
    state.settings = trainer.settings(training, validation)
  }

  private var options: TrainerOptions { trainer.options }
  var totalSteps: Int { options.epochs * stepsPerEpoch }

  /// Where checkpoints lie, if anywhere.
  var storage: (any CheckpointStorage)? {
    options.storage ?? options.checkpointFolder.map { CheckpointFolder($0) }
  }

  /// Trains to the end.
  mutating func run(
    observe: (TrainingEvent) throws -> Void,
    shouldStop: () -> Bool
  ) throws -> TrainingResult {
    let clock = ContinuousClock()
    let began = clock.now
    try compareRanks()
    try observe(
      .started(
        StartReport(
          epochs: options.epochs,
          stepsPerEpoch: stepsPerEpoch,
          totalSteps: totalSteps,
          resumedAtStep: state.step,
          freeScalars: store.freeCount
        )
      )
    )
    var end = TrainingEnd.finished
    while true {
      if state.step / stepsPerEpoch > state.history.count { try endEpoch(observe) }
      if state.step >= totalSteps { break }
      if isOutOfPatience {
        end = .outOfPatience
        break
      }
      let report = try stepOrSave(observe)
      try observe(.step(report))
      if try communicator.any(shouldStop()) {
        try save(observe)
        end = .stopped
        break
      }
      if let every = options.checkpointEverySteps, state.step % every == 0,
        state.step % stepsPerEpoch != 0
      {
        try save(observe)
      }
    }
    let model = store.model(averaged: true)
    let result = TrainingResult(
      end: end,
      model: model,
      unaveragedModel: store.model(averaged: false),
      best: best,
      bestEpoch: state.bestEpoch,
      bestValue: state.bestValue,
      history: state.history,
      steps: state.step,
      epochs: state.step / stepsPerEpoch,
      seconds: (clock.now - began).seconds,
      samplesPerSecond: stepSeconds > 0 ? Double(samples) / stepSeconds : 0,
      weightsHash: model.weightsHash
    )
    try observe(.finished(result))
    return result
  }

  /// Takes one step and counts it.
  mutating func step() throws -> StepReport {
    let epoch = state.step / stepsPerEpoch
    let first = state.step % stepsPerEpoch * options.accumulation
    let batches = first..<min(first + options.accumulation, training.batchCount)
    let rate = trainer.schedule.rate(
      step: state.step,
      of: totalSteps,
      stepsPerEpoch: stepsPerEpoch
    )
    let outcome = try stepper.step(
      &store,
      training,
      batches,
      epoch: epoch,
      number: state.step + 1,
      rate: rate
    )
    state.step += 1
    state.epoch = state.step / stepsPerEpoch
    state.batch = state.step % stepsPerEpoch * options.accumulation
    state.epochLoss += outcome.lossSum
    state.epochSamples += outcome.samples
    state.epochSeconds += outcome.seconds
    samples += outcome.samples
    stepSeconds += outcome.seconds
    return StepReport(
      step: state.step,
      totalSteps: totalSteps,
      epoch: epoch + 1,
      loss: outcome.samples > 0 ? outcome.lossSum / Double(outcome.samples) : 0,
      rate: rate,
      gradientNorm: outcome.gradientNorm,
      samples: outcome.samples,
      samplesPerSecond: outcome.seconds > 0 ? Double(outcome.samples) / outcome.seconds : 0,
      dataSeconds: outcome.dataSeconds,
      communication: outcome.communication
    )
  }

  /// Evaluates, remembers and saves what an epoch came to.
  private mutating func endEpoch(_ observe: (TrainingEvent) throws -> Void) throws {
    let epoch = state.history.count + 1
    if let bad = store.firstNotFinite {
      throw Divergence(runtime: trainer.runtime, options: stepper.options, step: state.step)
        .error(at: "parameter \(bad.key)", bad.values)
    }
    let isLast = epoch == options.epochs
    let model = store.model(averaged: true)
    var evaluation: Evaluation?
    if let validation, epoch % options.evaluateEvery == 0 || isLast {
      evaluation = try sharedEvaluation {
        try trainer.modelEvaluator.evaluate(model, on: validation)
      }
    }
    let trainLoss = state.epochSamples > 0 ? state.epochLoss / Double(state.epochSamples) : .nan
    let value = try metric(evaluation, trainLoss)
    let isBest = value.map { options.bestMetric.isBetter($0, than: state.bestValue) } ?? false
    let report = EpochReport(
      epoch: epoch,
      step: state.step,
      trainLoss: trainLoss,
      trainSeconds: state.epochSeconds,
      validation: evaluation,
      isBest: isBest
    )
    state.history.append(report)
    (state.epochLoss, state.epochSamples, state.epochSeconds) = (0, 0, 0)
    if isBest {
      (state.bestValue, state.bestEpoch, best) = (value, epoch, model)
    }
    try warnOfClasses(evaluation, observe)
    try observe(.evaluated(report))
    if isBest { try write(bestCheckpoint(model), to: Self.bestName, observe) }
    try save(observe)
  }

  /// The number that says how good the model is; `nil` where it was not evaluated.
  private func metric(_ evaluation: Evaluation?, _ trainLoss: Double) throws -> Double? {
    let name = options.bestMetric.name
    guard validation != nil else { return name == "loss" ? trainLoss : nil }
    guard let evaluation else { return nil }
    if name == "loss" { return evaluation.loss }
    guard let value = evaluation.metrics[name] else {
      throw TrainingError.setting(
        "best metric",
        expected: "one of " + (["loss"] + evaluation.metrics.keys.sorted()).joined(separator: ", "),
        actual: name
      )
    }
    return value
  }

  private mutating func warnOfClasses(
    _ evaluation: Evaluation?,
    _ observe: (TrainingEvent) throws -> Void
  ) throws {
    guard let evaluation, let validation, !hasWarnedOfClasses else { return }
    hasWarnedOfClasses = true
    let missing = evaluation.missingClasses.filter { $0 != options.ignoredClass }
    guard !missing.isEmpty else { return }
    let names = missing.map { $0 < validation.classes.count ? validation.classes[$0] : "\($0)" }
    try observe(
      .warning(
        "\(validation.name): no sample of class \(names.joined(separator: ", ")); "
          + "metrics leave it out"
      )
    )
  }

  /// Whether too many evaluations passed without a better model.
  private var isOutOfPatience: Bool {
    guard let patience = options.patience, let bestEpoch = state.bestEpoch else { return false }
    let since = state.history.count {
      $0.epoch > bestEpoch && ($0.validation != nil || validation == nil)
    }
    return since >= patience
  }
}

extension Trainer {
  /// What evaluates models of this training.
  var modelEvaluator: ModelEvaluator {
    ModelEvaluator(
      loss: loss,
      runtime: evaluator,
      output: options.output,
      ignoredClass: options.ignoredClass
    )
  }

  /// Checks that model and data fit before anything runs.
  func check(_ part: Model, _ source: any BatchSource) throws {
    let shape = Shape([source.batchSize] + source.inputShape.dimensions)
    guard part.inputs[0].accepts(shape) else {
      throw TrainingError.setting(
        source.name,
        expected: "batches for input \(part.inputs[0])",
        actual: "\(shape)"
      )
    }
    let inference = try part.infer([input: shape])
    guard let scores = inference.values[output]?.shape, scores.rank >= 2, scores[1] > 1,
      source.classes.count > scores[1]
    else { return }
    throw TrainingError.setting(
      "model \(model.name)",
      expected: "scores of \(source.classes.count) classes of \(source.name)",
      actual: "\(scores)"
    )
  }
}

extension Duration {
  /// The time in seconds.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
