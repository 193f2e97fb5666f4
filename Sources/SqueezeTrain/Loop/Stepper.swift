import SqueezeData
import SqueezeGraph
import SqueezeTensor

/// Takes steps: forwards, loss, backwards, gradients to free scalars, optimizer.
struct Stepper {
  private let trainer: Trainer
  /// The trained part of the model.
  private let model: Model
  private(set) var options: TrainingOptions
  /// Programs by the shape of their input, the last used at the end.
  private var programs: [(shape: Shape, program: any TrainingProgram)] = []
  /// Whether the last used program has the parameters of now.
  private var isLoaded = false
  /// What sums the gradients of all ranks, from the first step on; `nil` in a single process.
  private var exchange: GradientExchange?
  /// What joins batch normalization's moments of all ranks, where that is wanted.
  private var moments: RankMoments?

  init(_ trainer: Trainer, _ model: Model) {
    self.trainer = trainer
    self.model = model
    options = TrainingOptions(
      threadCount: trainer.options.threadCount,
      statisticsMomentum: trainer.options.statisticsMomentum,
      frozen: trainer.options.frozen,
      recomputes: trainer.options.recomputes
    )
  }

  /// What a step came to.
  struct Outcome {
    /// The sum over samples of the mean losses of their batches.
    var lossSum = 0.0
    var samples = 0
    var gradientNorm = 0.0
    var seconds = 0.0
    var dataSeconds = 0.0
    var communication: CommunicationReport?
  }

  /// Takes one step over some batches of an epoch; its `number` counts from 1.
  ///
  /// Where it fails, everything is as it was before.
  ///
  /// - Returns: what the step came to, on all ranks together.
  /// - Throws: ``TrainingError/diverged(step:place:statistics:)``; ``CommunicationError`` where another rank is
  ///   gone.
  mutating func step(
    _ store: inout ParameterStore,
    _ source: any BatchSource,
    _ batches: Range<Int>,
    epoch: Int,
    number: Int,
    rate: Double
  ) throws -> Outcome {
    let statistics = store.statistics
    if exchange == nil, communicator.size > 1 {
      let exchange = GradientExchange(communicator, counts: store.trained.map(\.values.count))
      self.exchange = exchange
      if trainer.options.sharesMoments {
        moments = RankMoments(exchange)
        options.moments = moments
      }
    }
    do {
      return try attempt(&store, source, batches, epoch: epoch, number: number, rate: rate)
    } catch {
      store.statistics = statistics
      throw error
    }
  }

  private var communicator: any Communicator { trainer.options.communicator }

  private mutating func attempt(
    _ store: inout ParameterStore,
    _ source: any BatchSource,
    _ batches: Range<Int>,
    epoch: Int,
    number: Int,
    rate: Double
  ) throws -> Outcome {
    let clock = ContinuousClock()
    let began = clock.now
    var outcome = Outcome()
    var gradients = GradientSum()
    for index in batches {
      let asked = clock.now
      let batch = try source.batch(index, epoch: epoch)
      outcome.dataSeconds += (clock.now - asked).seconds
      let count = batch.inputs.shape.rank > 0 ? batch.inputs.shape[0] : 0
      if let moments, let exchange {
        let isMissing = count == 0
        moments.isShared = try exchange.inOrder { try !$0.any(isMissing) }
      }
      // A batch of which every sample had to be skipped.
      guard count > 0 else { continue }
      let place = (epoch * source.batchCount + index) * communicator.size + communicator.rank
      let value = try add(
        batch,
        to: &gradients,
        &store,
        number: number,
        seed: stepSeed(place),
        unit: index == batches.upperBound - 1 ? source.batchSize : nil
      )
      outcome.lossSum += Double(count) * value
      outcome.samples += count
    }
    if let failure = moments?.failure { throw failure }
    if let exchange {
      try share(&gradients, &outcome, &store, exchange, unit: source.batchSize)
    }
    if outcome.samples > 0 {
      outcome.gradientNorm = try follow(gradients, &store, number: number, rate: rate)
      isLoaded = false
    }
    outcome.seconds = (clock.now - began).seconds
    if let waited = outcome.communication?.waitSeconds {
      outcome.communication?.computeSeconds = outcome.seconds - outcome.dataSeconds - waited
    }
    return outcome
  }

  /// A seed of its own for every batch of a training.
  private func stepSeed(_ batch: Int) -> UInt64 {
    let mixed = trainer.options.seed &+ UInt64(batch) &* 0x9E37_79B9_7F4A_7C15
    var generator = SeededGenerator(seed: mixed)
    return generator.next()
  }

  /// Runs one batch forwards and backwards, and adds its gradients; gives its loss.
  ///
  /// With a `unit` it is the last of a step, whose sums are sent to other ranks as they come.
  private mutating func add(
    _ batch: TrainingBatch,
    to gradients: inout GradientSum,
    _ store: inout ParameterStore,
    number: Int,
    seed: UInt64,
    unit: Int?
  ) throws -> Double {
    let inputs = [trainer.input: batch.inputs]
    let program = try program(for: batch.inputs.shape, store)
    let outputs = try program.forward(inputs, seed: seed)
    if let failure = moments?.failure { throw failure }
    guard let output = outputs[trainer.output] else {
      throw ModelError.unknownOutput(trainer.output)
    }
    let loss = try trainer.loss.evaluate(output, batch)
    guard loss.value.isFinite, loss.value <= trainer.options.lossLimit else {
      throw divergence(number).error(
        loss: loss.value,
        model,
        parameters: store.decodedAll(),
        inputs: inputs,
        seed: seed
      )
    }
    for (key, value) in program.statistics where store.statistics[key] != nil {
      store.statistics[key] = value
    }
    let count = batch.inputs.shape[0]
    if let exchange, let unit {
      let keys = program.trained
      try program.backward([trainer.output: loss.gradient]) { index, gradient in
        guard let position = store.positions[keys[index]] else { return }
        let parameter = store.trained[position]
        let total = gradients.total(
          position,
          adding: parameter.pullback(gradient),
          samples: count,
          unit: unit,
          length: parameter.values.count
        )
        exchange.send(total, at: position)
      }
      return loss.value
    }
    let decoded = try program.backward([trainer.output: loss.gradient])
    gradients.add(try free(decoded, program.trained, store), samples: count)
    return loss.value
  }

  /// Gradients on the free scalars, in the store's order.
  private func free(
    _ decoded: [Tensor],
    _ keys: [String],
    _ store: ParameterStore
  ) throws -> [[Float]] {
    var lists = [[Float]](repeating: [], count: store.trained.count)
    var found = 0
    for (key, gradient) in zip(keys, decoded) {
      guard let position = store.positions[key] else { continue }
      lists[position] = store.trained[position].pullback(gradient)
      found += 1
    }
    guard found == lists.count else {
      let missing = store.trained.first { !keys.contains($0.key) }?.key ?? "a parameter"
      throw TrainingError.setting(missing, expected: "a gradient", actual: "none")
    }
    return lists
  }

  /// Clips gradients and lets the optimizer follow them; gives their norm before clipping.
  private func follow(
    _ gradients: consuming GradientSum,
    _ store: inout ParameterStore,
    number: Int,
    rate: Double
  ) throws -> Double {
    let settings = trainer.options
    let norm = gradients.norm(threads: settings.threadCount)
    guard norm.isFinite else {
      throw divergence(number).error(
        gradients: zip(store.trained, gradients.lists).map { ($0.key, $1) }
      )
    }
    var scale = gradients.scale
    switch settings.clipping {
    case .norm(let limit): scale *= Float(min(1, Double(limit) / (norm + 1e-6)))
    case .value(let limit): gradients.clip(to: limit)
    case nil: break
    }
    store.step(
      gradients.lists,
      trainer.optimizer,
      OptimizerStep(rate: Float(rate), number: number, gradientScale: scale),
      average: settings.average,
      threads: settings.threadCount
    )
    return norm
  }

  private func divergence(_ step: Int) -> Divergence {
    Divergence(runtime: trainer.runtime, options: options, step: step)
  }

  /// The program for inputs of a shape, with the parameters of now.
  private mutating func program(
    for shape: Shape,
    _ store: ParameterStore
  ) throws -> any TrainingProgram {
    if let last = programs.last, last.shape == shape {
      try last.program.load(
        isLoaded
          ? store.statistics : store.decodedTrained().merging(store.statistics) { a, _ in a }
      )
      isLoaded = true
      return last.program
    }
    let program: any TrainingProgram
    if let place = programs.firstIndex(where: { $0.shape == shape }) {
      program = programs.remove(at: place).program
    } else {
      program = try trainer.runtime.program(
        model,
        shapes: [trainer.input: shape],
        options: options
      )
    }
    // A full batch, the rest of an epoch, and one more.
    programs = programs.suffix(2) + [(shape, program)]
    try program.load(store.decodedAll())
    isLoaded = true
    return program
  }
}
