import SqueezeGraph
import SqueezeParameters
import SqueezeTensor

/// All parameters of a model while it is trained.
struct ParameterStore: Sendable {
  /// The graph; its parameters are those from before training.
  var model: Model
  /// What the optimizer changes, by node.
  var trained: [TrainedParameter]
  /// Running statistics by key.
  var statistics: [String: Tensor]
  /// Averages of ``statistics``; empty without averaging.
  var averagedStatistics: [String: Tensor]
  /// The position in ``trained`` by key.
  let positions: [String: Int]
  /// The keys of parameters of the trained part that stay as they are.
  let fixed: [String]

  /// Sorts the parameters of a model by what happens to them.
  ///
  /// - Parameters:
  ///   - model: the whole model.
  ///   - part: the part of it that is trained.
  ///   - optimizer: says how many slots there are.
  ///   - options: what is frozen, decays and is averaged.
  /// - Throws: ``TrainingError/setting(_:expected:actual:)`` for an unknown frozen key or an encoding that
  ///   checkpoints could not keep, and ``ModelError`` where the graph does not hold together.
  init(
    _ model: Model,
    training part: Model,
    optimizer: any Optimizer,
    options: TrainerOptions
  ) throws {
    let inference = try model.infer()
    for key in model.parameters.keys.sorted() {
      guard let name = model.parameters[key].map({ Swift.type(of: $0).name }),
        EncodingCatalog.encoding(named: name) == nil
      else { continue }
      throw TrainingError.setting(
        "parameter \(key)",
        expected: "values; initialize the model first",
        actual: "encoding \(name)"
      )
    }
    for key in options.frozen.sorted() where model.parameters[key] == nil {
      throw TrainingError.setting("frozen", expected: "a parameter of the model", actual: key)
    }
    var trained: [TrainedParameter] = []
    var statistics: [String: Tensor] = [:]
    for node in part.nodes {
      for spec in try node.op.parameters(for: inference.inputs(of: node)) {
        let key = Model.key(node.name, spec.name)
        guard let encoding = model.parameters[key] else { continue }
        switch spec.kind {
        case .constant: continue
        case .statistic: statistics[key] = encoding.decoded()
        case .trained:
          guard spec.spec.type.isReal, !options.frozen.contains(key) else { continue }
          let parameter = TrainedParameter(
            key,
            try encoding.canonical(),
            decay: options.weightDecay.decay(of: key, shape: encoding.shape),
            slotCount: optimizer.slotCount,
            isAveraged: options.average != nil
          )
          if !parameter.values.isEmpty { trained.append(parameter) }
        }
      }
    }
    self.model = model
    self.trained = trained
    self.statistics = statistics
    averagedStatistics = options.average == nil ? [:] : statistics
    fixed = part.parameters.keys.filter { key in
      statistics[key] == nil && !trained.contains { $0.key == key }
    }
    positions = Dictionary(uniqueKeysWithValues: trained.enumerated().map { ($1.key, $0) })
  }

  /// The number of scalars that the optimizer changes.
  var freeCount: Int { trained.reduce(0) { $0 + $1.values.count } }

  /// The model with the values of now, or their average.
  ///
  /// Dense parameters share their memory with the store until the next step.
  func model(averaged: Bool) -> Model {
    var model = model
    let useAverage = averaged && trained.contains { !$0.average.isEmpty }
    for parameter in trained {
      model.parameters[parameter.key] = parameter.encoding(
        useAverage ? parameter.average : parameter.values
      )
    }
    for (key, value) in useAverage ? averagedStatistics : statistics {
      model.parameters[key] = Dense(value)
    }
    return model
  }

  /// The decoded values of what changes from step to step.
  func decodedTrained() -> [String: Tensor] {
    Dictionary(uniqueKeysWithValues: trained.map { ($0.key, $0.decoded) })
  }

  /// The decoded values of everything in the trained part, frozen parameters and constants too.
  func decodedAll() -> [String: Tensor] {
    var all = decodedTrained().merging(statistics) { a, _ in a }
    for key in fixed { all[key] = model.parameters[key]?.decoded() }
    return all
  }

  // MARK: Steps

  /// Changes all values by their gradients, and the averages after them.
  ///
  /// `gradients` has one list per parameter of ``trained``.
  mutating func step(
    _ gradients: [[Float]],
    _ optimizer: any Optimizer,
    _ step: OptimizerStep,
    average: ExponentialAverage?,
    threads: Int
  ) {
    let memory = average?.decay(step: step.number) ?? 0
    for position in trained.indices {
      trained[position].follow(
        gradients[position],
        optimizer,
        step,
        averageDecay: memory,
        threads: threads
      )
    }
    for key in averagedStatistics.keys {
      guard let old = averagedStatistics[key], let new = statistics[key] else { continue }
      let mixed = zip(old.scalars, new.scalars).map { memory * $0 + (1 - memory) * $1 }
      averagedStatistics[key] = Tensor(new.shape, mixed, type: new.type)
    }
  }

  /// The key and values of the first trained parameter that is not finite.
  var firstNotFinite: (key: String, values: [Float])? {
    trained.first { !isFinite($0.values) }.map { ($0.key, $0.values) }
  }
}
