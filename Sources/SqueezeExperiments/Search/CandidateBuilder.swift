import SqueezeDesign
import SqueezeEngine
import SqueezeFormats
import SqueezeGraph
import SqueezeMeasure
import SqueezeModels
import SqueezeTensor
import SqueezeTrain

/// Makes candidates of a search from a network, and counts what they cost.
struct CandidateBuilder {
  private let base: Model
  private let initializer: any Initializer
  private let seed: UInt64
  private let objectives: [Objective]
  private let energyRoofline: HardwareRoofline?
  private let measuresTime: Bool

  /// Builds the network of a training, which may be the search's own.
  ///
  /// - Parameters:
  ///   - training: what trains the network, and names it.
  ///   - search: what counts.
  ///   - measuresTime: whether time is measured where it counts: two processes would measure each other.
  /// - Throws: ``ConfigError`` where the training's config has no network that can be built.
  init(_ training: ExperimentConfig, of search: SearchConfig, measuresTime: Bool) throws {
    self.measuresTime = measuresTime
    objectives = search.objectives
    energyRoofline = try search.energyRoofline()
    let setup = NetworkSetup(training)
    initializer = try InitializerCatalog.initializer(
      named: training.settings.text("initializer") ?? "he-normal"
    )
    seed = search.seed
    let network = try setup.network(classes: training.data.integer("classes"))
    // Boosters that fit old weights need some.
    base =
      network.hasWeights
      ? network.model : try network.model.initialized(by: initializer, seed: seed)
  }

  /// The network after some boosters, with fresh weights.
  ///
  /// - Throws: `BoosterError` where a booster finds nothing to change.
  func model(_ boosters: String) throws -> Model {
    var model = base
    if !boosters.isEmpty {
      for booster in try BoosterCatalog.parse(boosters) { model = try booster.apply(to: model) }
    }
    return try model.initialized(by: initializer, seed: seed)
  }

  /// Counts what a candidate costs, and measures its time where that is an objective.
  func measure(_ model: Model, _ candidate: inout SearchState.Candidate) throws {
    let shapes = model.shapes(batch: 1)
    let cost = try model.cost(for: shapes)
    candidate.parameters = cost.parameters
    candidate.macs = cost.macs
    let names = objectives.map(\.name)
    if names.contains("bytes") { candidate.bytes = try SQZWriter().bytes(of: model).count }
    if let energyRoofline {
      candidate.joules = EnergyModel(NetworkLimit(energyRoofline, cost)).total
    }
    if measuresTime, names.contains("latency") {
      let compiled = try CompiledModel(model, shapes: shapes, threadCount: 1)
      candidate.milliseconds = try Latency(of: compiled, iterations: 30).median * 1e3
    }
  }
}
