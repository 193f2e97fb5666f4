import Foundation
import SqueezeData
import SqueezeEngine
import SqueezeFormats
public import SqueezeGraph
import SqueezeMeasure
import SqueezeMetrics
import SqueezeModels
import SqueezeReport
import SqueezeTensor
public import SqueezeTrain

/// A training as a config says: it builds everything, trains, remembers the run and reports on it.
public struct TrainingSession: Sendable {
  public var config: ExperimentConfig
  /// What runs the model forwards and backwards.
  public var runtime: any TrainingRuntime
  /// What runs the model as it will be used.
  public var evaluator: any Runtime
  /// The processes that train together; each has the config's batch, rank 0 writes everything.
  public var communicator: any Communicator = SingleProcess()

  /// Prepares a session; where no runtime is given the engine trains and evaluates.
  public init(
    _ config: ExperimentConfig,
    runtime: (any TrainingRuntime)? = nil,
    evaluator: (any Runtime)? = nil
  ) {
    self.config = config
    self.runtime = runtime ?? FastTrainingRuntime(precision: config.precision)
    self.evaluator = evaluator ?? FastRuntime(threadCount: config.threads)
  }

  /// Trains.
  ///
  /// - Parameters:
  ///   - folder: the run's folder; it is made where it is not there.
  ///   - resume: go on from the folder's last checkpoint.
  ///   - observe: gets every event.
  ///   - shouldStop: asked after each step; `true` saves and returns.
  /// - Returns: what the training came to.
  /// - Throws: ``ConfigError``, `DataError`, `TrainingError` or what the file system throws; the run
  ///   is remembered as failed.
  public func run(
    in folder: RunFolder,
    resume: Bool = false,
    observe: (TrainingEvent) -> Void = { _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> TrainingSummary {
    let parts = try prepare()
    guard communicator.rank == 0 else {
      return try follow(parts, folder, resume: resume, observe: observe, shouldStop: shouldStop)
    }
    try folder.create()
    let identity = try remember(folder)
    let database = try RunDatabase(folder: folder.parent)
    try database.begin(identity)
    let events = try EventFile(in: folder.url)
    let recorder = RunRecorder(name: folder.name, database: database, events: events)
    var ending = RunEnding(run: identity, folder: folder, database: database, session: self)
    ending.parts = parts
    do {
      let trainer = try trainer(parts, folder)
      var traffic = Traffic()
      let shown = config.settings.texts("metrics")
      let result = try trainer.run(
        training: parts.data.prepared,
        validation: parts.data.validation,
        resume: resume,
        observe: { event in
          let event = event.showing(shown)
          recorder.observe(event)
          if case .warning(let text) = event { ending.remarks.append(text) }
          traffic.add(event)
          observe(event)
        },
        shouldStop: shouldStop
      )
      recorder.flush()
      ending.remarks += [recorder.problem].compactMap { $0 }
      ending.traffic = traffic
      return try ending.finish(result)
    } catch {
      recorder.flush()
      ending.fail(error)
      throw error
    }
  }

  private func trainer(_ parts: Parts, _ folder: RunFolder) throws -> Trainer {
    var options = parts.learning.options(folder: folder, frozen: parts.frozen, data: parts.data)
    options.communicator = communicator
    return try Trainer(
      model: parts.model,
      loss: parts.loss,
      optimizer: parts.learning.optimizer,
      schedule: parts.learning.schedule,
      runtime: runtime,
      evaluator: evaluator,
      options: options
    )
  }

  /// Trains as another rank than 0: nothing is written.
  private func follow(
    _ parts: Parts,
    _ folder: RunFolder,
    resume: Bool,
    observe: (TrainingEvent) -> Void,
    shouldStop: () -> Bool
  ) throws -> TrainingSummary {
    var traffic = Traffic()
    let result = try trainer(parts, folder).run(
      training: parts.data.prepared,
      validation: parts.data.validation,
      resume: resume,
      observe: {
        traffic.add($0)
        observe($0)
      },
      shouldStop: shouldStop
    )
    return TrainingSummary(result, nil, config, folder, traffic)
  }

  // MARK: - Preparing

  /// What a config comes to before anything is written.
  package struct Parts {
    package var model: Model
    package var frozen: Set<String>
    package var data: DataSetup.Parts
    package var learning: LearningSetup
    package var loss: any Loss
  }

  /// Opens the data for a model that is there already, instead of the config's network.
  ///
  /// - Parameters:
  ///   - model: keeps its weights; it takes labels and preprocessing from the data where it has none.
  ///   - teaching: `temperature` and `share` where the model, as it comes in, is also the teacher, instead of the
  ///     config's.
  /// - Returns: the model, the data and how one learns from the other.
  /// - Throws: ``ConfigError`` or `DataError` where model, data and config do not fit.
  package func prepare(for model: Model, teaching: Settings? = nil) throws -> Parts {
    let learning = LearningSetup(config)
    let dataSetup = DataSetup(config: config, rank: communicator.rank, ranks: communicator.size)
    let teacher = try teaching == nil ? NetworkSetup(config).teacher() : model
    let loss = try taught(
      learning.loss(),
      by: teacher,
      teaching ?? config.settings.settings("teacher")
    )
    let input = Shape(Array((model.inputs.first?.shape().dimensions ?? []).dropFirst()))
    let data = try dataSetup.open(input: input)
    var model = model
    if model.labels.isEmpty { model.labels = data.classes }
    if model.preprocessing == nil, input.rank == 3 {
      model.preprocessing = try dataSetup.preprocessing(channels: input[0])
    }
    try check(model, data)
    let frozen = try NetworkSetup(config).frozen(in: model)
    return Parts(model: model, frozen: frozen, data: data, learning: learning, loss: loss)
  }

  func prepare() throws -> Parts {
    let setup = NetworkSetup(config)
    let learning = LearningSetup(config)
    let dataSetup = DataSetup(config: config, rank: communicator.rank, ranks: communicator.size)
    let loss = try taught(learning.loss(), by: setup.teacher(), config.settings.settings("teacher"))
    let input = try inputShape(setup)
    let data = try dataSetup.open(input: input)
    let network = try setup.network(
      classes: data.classes.isEmpty ? nil : data.classes.count,
      input: input
    )
    var model = network.model
    let name = config.settings.text("initializer") ?? (network.hasWeights ? "keep" : "he-normal")
    if name != "keep" {
      model = try model.initialized(
        by: try InitializerCatalog.initializer(named: name),
        seed: config.seed
      )
    } else if !network.hasWeights {
      throw config.error(
        key: "initializer",
        expected: "an initializer for a network without weights",
        actual: "keep"
      )
    }
    model.labels = data.classes
    if input.rank == 3 { model.preprocessing = try dataSetup.preprocessing(channels: input[0]) }
    try check(model, data)
    let frozen = try setup.frozen(in: model)
    return Parts(model: model, frozen: frozen, data: data, learning: learning, loss: loss)
  }

  /// A loss that also follows a teacher, where there is one.
  private func taught(
    _ loss: any Loss,
    by teacher: Model?,
    _ settings: Settings?
  ) throws -> any Loss {
    guard let teacher, let settings else { return loss }
    return try Distillation(
      teacher: teacher,
      runtime: evaluator,
      hard: loss,
      temperature: Float(settings.number("temperature") ?? 4),
      teacherShare: settings.number("share") ?? 0.9
    )
  }

  /// The shape of one input: the config's, the file's, or what the network was published for.
  private func inputShape(_ setup: NetworkSetup) throws -> Shape {
    if let shape = setup.inputShape { return shape }
    let name = config.network.text("name") ?? ""
    if let published = NetworkCatalog.network(named: name) { return published.published.input }
    let model = try setup.network(classes: nil).model
    return Shape(Array((model.inputs.first?.shape().dimensions ?? []).dropFirst()))
  }

  /// Checks that a network has one score for every class of the data.
  private func check(_ model: Model, _ data: DataSetup.Parts) throws {
    let count = data.classes.count
    guard count > 0, let output = model.outputs.first else { return }
    let shapes = try model.infer(model.shapes(batch: 1)).values[output]?.shape.dimensions ?? []
    guard shapes.count > 1, shapes[1] != count, !(count == 2 && shapes[1] == 1) else { return }
    throw config.error(
      key: "network",
      expected: "an output for each of the \(count) classes of the data",
      actual: "\(shapes[1])"
    )
  }

  // MARK: - Remembering

  /// The config with what depends on its place and name filled in.
  private var resolved: ExperimentConfig {
    var resolved = config
    resolved.settings.values["name"] = .text(config.name)
    resolved.dataPath = config.dataPath
    var network = config.network
    let isFile = network.text("name").map { ExperimentConfig.isModelFile($0) } ?? false
    if isFile { network.values["name"] = .text(config.url(network.text("name") ?? "").path) }
    resolved.settings.values["network"] = .settings(network)
    if var teacher = config.settings.settings("teacher"), let name = teacher.text("model") {
      teacher.values["model"] = .text(config.url(name).path)
      resolved.settings.values["teacher"] = .settings(teacher)
    }
    let standard = isFile ? "keep" : "he-normal"
    resolved.settings.values["initializer"] =
      config.settings.values["initializer"] ?? .text(standard)
    return resolved
  }

  private func remember(_ folder: RunFolder) throws -> RunRecord {
    let resolved = resolved
    let text = resolved.text
    try folder.write(text, to: "config.yaml")
    // Where data lies does not matter for what a run does; what they are does.
    var portable = resolved
    portable.dataPath = nil
    let data = config.dataPath.map(RunIdentity.fingerprint) ?? ""
    return RunRecord(
      name: folder.name,
      experiment: config.name,
      config: text,
      identity: RunIdentity.hash(config: portable.text, version: CodeVersion.current, data: data),
      version: CodeVersion.current,
      data: data,
      machine: "\(MachineCache().thisProcessor) (\(ProcessInfo.processInfo.hostName))",
      threads: config.threads,
      seed: config.seed,
      started: Date(),
      process: RunProcess.own
    )
  }
}
