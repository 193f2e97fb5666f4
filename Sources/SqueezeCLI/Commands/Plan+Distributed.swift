import ArgumentParser
import Foundation
import Squeeze

/// `squeeze plan distributed`: how training scales over the nodes of a cluster.
struct PlanDistributed: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "distributed",
    abstract: "Predict how training scales over the nodes of a cluster.",
    discussion: """
      A model, not a measurement: each node trains its own batch and all add their gradients with a \
      ring all-reduce, A(n) = 2(n−1)/n · bytes/bandwidth + 2(n−1) · latency (Patarasuk and Yuan 2009), \
      beside the backward pass: T(n) = forward + max(backward, A(n)), the least it can take; the last \
      column has A(n) after computing instead. Bytes are 4 per parameter. Only \
      the computing of one node is measured, on this machine, or given by --step-ms. Networks with \
      fewer parameters send less for the same computing, so they scale further.

      EXAMPLES
        squeeze plan distributed squeezenet-v1.0 --bandwidth 10Gbit --latency 10us --nodes 64
        squeeze plan distributed alexnet squeezenet-v1.0 --batch 32 --bandwidth 1Gbit
        squeeze plan distributed alexnet resnet-50 --step-ms 300 --step-ms 900 --batch 32 --json
      """
  )

  @Argument(help: "Names of squeeze models, or .onnx and .sqz files.")
  var models: [String]
  @Option(help: "What each node sends and receives per second, such as 10Gbit or 1.25GB.")
  var bandwidth = "10Gbit"
  @Option(help: "How long a message is on its way, such as 10us.")
  var latency = "10us"
  @Option(help: "The most nodes.")
  var nodes = 64
  @Option(help: "The samples of each node's batch.")
  var batch = 16
  @Option(
    name: .customLong("step-ms"),
    help: ArgumentHelp(
      "The milliseconds one node computes per step, instead of measuring; once, or per model.",
      valueName: "ms"
    )
  )
  var stepMilliseconds: [Double] = []
  @Option(help: "The steps that are measured.")
  var steps = 3
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...1 << 20).contains(nodes) else {
      throw ValidationError("--nodes: expected 1 to 1048576, got \(nodes)")
    }
    guard (1...1 << 16).contains(batch), (1...1000).contains(steps) else {
      throw ValidationError(
        "--batch and --steps: expected at least 1, at most 65536 and 1000, got \(batch) and \(steps)"
      )
    }
    guard [0, 1, models.count].contains(stepMilliseconds.count) else {
      throw ValidationError(
        "--step-ms: expected one or \(models.count), got \(stepMilliseconds.count)"
      )
    }
    if let wrong = stepMilliseconds.first(where: { !($0 > 0 && $0.isFinite) }) {
      throw ValidationError("--step-ms: expected above 0, got \(wrong)")
    }
    do {
      _ = try NetworkLink(bandwidth: bandwidth, latency: latency)
    } catch {
      throw ValidationError("--\(error)")
    }
  }

  /// One model and all that is predicted for it.
  private struct Plan {
    var name: String
    var parameters: Int
    var isMeasured: Bool
    var scaling: ScalingModel
    var predictions: [ScalingModel.Prediction]
  }

  func run() throws {
    let link = try NetworkLink(bandwidth: bandwidth, latency: latency)
    let plans = try models.enumerated().map { position, name in
      let (model, shape) = try Self.model(name)
      let parameters = try model.cost(for: model.shapes(batch: 1)).parameters
      let given = given(position)
      let speed =
        try given.map { ($0, ScalingModel.usualBackwardShare) } ?? measure(model, shape)
      let scaling = try ScalingModel(
        gradientBytes: 4 * parameters,
        computeSeconds: speed.0,
        backwardShare: speed.1,
        batch: batch,
        link: link
      )
      return Plan(
        name: name,
        parameters: parameters,
        isMeasured: given == nil,
        scaling: scaling,
        predictions: scaling.predictions(upTo: nodes)
      )
    }
    if output.json { return try Console.json(Result(plans, self, link)) }
    show(plans, link)
  }

  /// The seconds that `--step-ms` gives for a model.
  private func given(_ position: Int) -> Double? {
    guard !stepMilliseconds.isEmpty else { return nil }
    return stepMilliseconds[stepMilliseconds.count == 1 ? 0 : position] / 1e3
  }

  private static func model(_ name: String) throws -> (model: Model, shape: Shape) {
    if let published = NetworkCatalog.network(named: name) {
      return (try published.model(published.published), published.published.input)
    }
    let model = try ModelFile.load(URL(fileURLWithPath: name))
    let shape = model.inputs.first?.shape() ?? []
    return (model, Shape(Array(shape.dimensions.dropFirst())))
  }

  /// The seconds of a step on this machine, and the share of its backward pass.
  private func measure(_ model: Model, _ shape: Shape) throws -> (Double, Double) {
    Console.note("measuring \(steps) training steps of \(model.name), batch \(batch)")
    let runtime = FastTrainingRuntime()
    let speed = try TrainingSpeed(
      of: model,
      shape: shape,
      batch: batch,
      steps: steps,
      runtime: runtime,
      threads: threads.threads
    )
    let shapes = model.inputs.first.map { [$0.name: Shape([batch] + shape.dimensions)] } ?? [:]
    let layers = try runtime.layerTimes(
      model.giving(model.logits),
      shapes: shapes,
      options: TrainingOptions(threadCount: threads.threads),
      steps: steps
    )
    let (forward, backward) = layers.reduce((0, 0)) { ($0.0 + $1.forward, $0.1 + $1.backward) }
    return (speed.median, backward / max(forward + backward, 1e-12))
  }

  // MARK: - Results

  private func show(_ plans: [Plan], _ link: NetworkLink) {
    Console.print(
      "modelled: \(bandwidth), \(latency), batch \(batch) per node; only the computing of one node "
        + (stepMilliseconds.isEmpty ? "is measured, with \(threads.threads) threads" : "is given")
    )
    var rows = plans.map { plan in
      [
        plan.name, Units.grouped(plan.parameters), Units.bytes(plan.scaling.gradientBytes),
        Units.seconds(plan.scaling.computeSeconds),
        Units.percent(plan.scaling.backwardShare),
        Units.seconds(Double(plan.scaling.gradientBytes) * 2 / link.bytesPerSecond),
      ]
    }
    let networks = Table(
      [
        .init("network"), .init("parameters", .right), .init("gradients", .right),
        .init("computing", .right), .init("backwards", .right), .init("most to send", .right),
      ],
      rows: rows
    )
    Console.print(networks.text)
    rows = (plans.first?.predictions.indices ?? 0..<0).map { row in
      plans.reduce(["\(plans[0].predictions[row].nodes)"]) { cells, plan in
        let prediction = plan.predictions[row]
        return cells + [
          Units.seconds(prediction.communicationSeconds), Units.seconds(prediction.stepSeconds),
          Units.percent(prediction.efficiency), Units.percent(prediction.plainEfficiency),
        ]
      }
    }
    let columns = plans.flatMap { plan -> [Table.Column] in
      [
        .init("\(plan.name) all-reduce", .right), .init("step", .right),
        .init("efficiency", .right), .init("no overlap", .right),
      ]
    }
    Console.print(Table([.init("nodes", .right)] + columns, rows: rows).text, terminator: "")
  }

  private struct Result: Encodable {
    struct Network: Encodable {
      struct Row: Encodable {
        var nodes: Int
        var communication_ms: Double
        var step_ms: Double
        var step_without_overlap_ms: Double
        var efficiency: Double
        var efficiency_without_overlap: Double
        var speedup: Double
        var samples_per_second: Double
        var bytes_sent_per_node: Double
      }
      var network: String
      var parameters: Int
      var gradient_bytes: Int
      var compute_ms: Double
      var compute_is_measured: Bool
      var backward_share: Double
      var predictions: [Row]
    }
    var is_modelled = true
    var formula = "T(n) = (1-b)C + max(bC, 2(n-1)/n*S/bandwidth + 2(n-1)*latency)"
    var source =
      "ring all-reduce: Patarasuk and Yuan, Bandwidth optimal all-reduce algorithms for clusters of "
      + "workstations (2009)"
    var bandwidth_bytes_per_second: Double
    var latency_seconds: Double
    var batch_per_node: Int
    var threads: Int
    var networks: [Network]

    init(_ plans: [Plan], _ command: PlanDistributed, _ link: NetworkLink) {
      bandwidth_bytes_per_second = link.bytesPerSecond
      latency_seconds = link.latencySeconds
      batch_per_node = command.batch
      threads = command.threads.threads
      networks = plans.map { plan in
        Network(
          network: plan.name,
          parameters: plan.parameters,
          gradient_bytes: plan.scaling.gradientBytes,
          compute_ms: plan.scaling.computeSeconds * 1e3,
          compute_is_measured: plan.isMeasured,
          backward_share: plan.scaling.backwardShare,
          predictions: plan.predictions.map {
            Network.Row(
              nodes: $0.nodes,
              communication_ms: $0.communicationSeconds * 1e3,
              step_ms: $0.stepSeconds * 1e3,
              step_without_overlap_ms: $0.plainStepSeconds * 1e3,
              efficiency: $0.efficiency,
              efficiency_without_overlap: $0.plainEfficiency,
              speedup: $0.speedup,
              samples_per_second: $0.samplesPerSecond,
              bytes_sent_per_node: $0.bytesSent
            )
          }
        )
      }
    }
  }
}
