import ArgumentParser
import Foundation
import Squeeze

/// `squeeze benchmark-training`: how fast a network trains.
struct BenchmarkTraining: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark-training",
    abstract: "Measure how many samples per second a network trains on.",
    discussion: """
      Whole steps on random data that is there at once: forwards, loss, backwards, SGD with momentum. \
      The medians of steps after a warm-up. NETWORK is a name of `squeeze models` or a model file.

      EXAMPLES
        squeeze benchmark-training resnet-9 --batch 64
        squeeze benchmark-training u-net --base 16 --batch 4 --layers
        squeeze benchmark-training lenet-5 --batch 64 --threads 2 --json
        squeeze benchmark-training resnet-9 --batch 128 --precision bfloat16
      """
  )

  @Argument(help: "A published network's name, or a .onnx or .sqz file.")
  var network: String
  @Option(help: "The samples of a step.")
  var batch = 32
  @Option(help: "How many steps count.")
  var steps = 10
  @Option(help: ArgumentHelp("One input, such as 3,224,224; default is what was published."))
  var input: String?
  @Option(help: "The channels of the first level, where the network has that choice.")
  var base: Int?
  @Option(help: "The number of classes; default is what was published.")
  var classes: Int?
  @Option(
    help: "The precision of products; bfloat16 needs AMX.",
    transform: TrainingPrecision.parse
  )
  var precision = TrainingPrecision.float32
  @Flag(help: "Print the time of every layer, forwards and backwards.")
  var layers = false
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard batch >= 1, steps >= 1 else {
      throw ValidationError("--batch and --steps: expected at least 1, got \(batch) and \(steps)")
    }
  }

  private struct Result: Encodable {
    struct Layer: Encodable {
      var node: String
      var layer: String
      var forward_ms: Double
      var backward_ms: Double
    }
    var network: String
    var batch: Int
    var threads: Int
    var steps: Int
    var precision: String
    var median_ms: Double
    var min_ms: Double
    var samples_per_second: Double
    var layers: [Layer]?
  }

  private func model() throws -> (model: Model, shape: Shape) {
    guard let published = NetworkCatalog.network(named: network) else {
      let model = try ModelFile.load(URL(fileURLWithPath: network))
      let shape = model.inputs.first?.shape() ?? []
      return (model, Shape(Array(shape.dimensions.dropFirst())))
    }
    var options = published.published
    if let input {
      let sizes = input.split(separator: ",").map { Int($0) }
      guard !sizes.isEmpty, !sizes.contains(nil) else {
        throw ValidationError("--input: expected sizes such as 3,224,224, got \(input)")
      }
      options.input = Shape(sizes.compactMap { $0 })
    }
    if let base { options.baseWidth = base }
    if let classes { options.classes = classes }
    return (try published.model(options), options.input)
  }

  func run() throws {
    let (model, shape) = try model()
    let runtime = FastTrainingRuntime(precision: precision)
    let speed = try TrainingSpeed(
      of: model,
      shape: shape,
      batch: batch,
      steps: steps,
      runtime: runtime,
      threads: threads.threads
    )
    let times = try layers ? layerTimes(model, shape, runtime) : nil
    let result = Result(
      network: network,
      batch: batch,
      threads: threads.threads,
      steps: steps,
      precision: precision.rawValue,
      median_ms: speed.median * 1e3,
      min_ms: (speed.sortedSeconds.first ?? 0) * 1e3,
      samples_per_second: speed.samplesPerSecond,
      layers: times?.map {
        .init(
          node: $0.node,
          layer: $0.layer,
          forward_ms: $0.forward * 1e3,
          backward_ms: $0.backward * 1e3
        )
      }
    )
    if output.json { return try Console.json(result) }
    if let times { show(times) }
    Console.print(
      """
      step      \(Units.seconds(speed.median)) (fastest \(Units.seconds(result.min_ms / 1e3)))
      rate      \(Units.rounded(speed.samplesPerSecond)) samples/s
      setting   batch \(batch), \(threads.threads) threads, \(steps) steps, \(precision)
      """
    )
  }

  private func layerTimes(
    _ model: Model,
    _ shape: Shape,
    _ runtime: FastTrainingRuntime
  ) throws -> [TrainingLayerTime] {
    let trained = model.giving(model.logits)
    let shapes = model.inputs.first.map { [$0.name: Shape([batch] + shape.dimensions)] } ?? [:]
    return try runtime.layerTimes(
      trained,
      shapes: shapes,
      options: TrainingOptions(threadCount: threads.threads),
      steps: steps
    )
  }

  private func show(_ times: [TrainingLayerTime]) {
    let total = times.reduce(0) { $0 + $1.forward + $1.backward }
    let table = Table(
      [
        .init("node"), .init("layer"), .init("forwards", .right), .init("backwards", .right),
        .init("share", .right),
      ],
      rows: times.map {
        [
          $0.node, $0.layer, Units.seconds($0.forward), Units.seconds($0.backward),
          Units.percent(($0.forward + $0.backward) / max(total, 1e-12)),
        ]
      }
    )
    Console.print(table.text)
  }
}
