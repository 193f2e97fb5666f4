import ArgumentParser
import Foundation
import Squeeze

/// `squeeze train`: a training as a config says.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a network as a config file says.",
    discussion: """
      CONFIG is a YAML file: --schema explains every key, --example prints one to start from. A run \
      has a folder with checkpoints, models, curves for TensorBoard and report.html; squeeze runs \
      lists them. Ctrl-C finishes the step, saves and says how to go on; a second one quits.

      test_error is in percent: 1.58 means that 1.58 % of the test samples got a wrong class. Exit \
      codes besides the usual: 130 or 143 where a signal stopped the training.

      mpirun -n N squeeze train … trains in N processes (built with --traits MPI): each has the config's \
      batch, gradients are averaged, rank 0 writes. --threads are those of each process.

      EXAMPLES
        squeeze train --example mnist > mnist.yaml
        squeeze train mnist.yaml --data mnist/ --seed 3
        squeeze train Examples/lenet-300-100-mnist.yaml --data mnist/ --json
        squeeze train mnist.yaml --data mnist/ --run runs/mnist-20260101-120000 --resume
        squeeze train mnist.yaml --data mnist/ --from model.sqz --rate 0.01 --epochs 5
        squeeze train small.yaml --data mnist/ --teacher large.sqz
        squeeze train cifar.yaml --data cifar-10/ --precision bfloat16
      """
  )

  @Argument(help: "The config.")
  var config: String?
  @Option(help: ArgumentHelp("The data, instead of the config's.", valueName: "path"))
  var data: String?
  @Option(help: "The seed, instead of the config's.")
  var seed: UInt64?
  @Option(help: "Passes over the data, instead of the config's.")
  var epochs: Int?
  @Option(help: "The optimizer's largest rate, instead of the config's.")
  var rate: Double?
  @Option(
    name: .customLong("from"),
    help: ArgumentHelp(
      "A model whose weights are trained further, instead of the config's network.",
      valueName: "model"
    )
  )
  var start: String?
  @Option(
    help: ArgumentHelp("A model whose answers are learned from as well.", valueName: "model")
  )
  var teacher: String?
  @Option(help: "How many threads share the work; results do not depend on it.")
  var threads: Int?
  @Option(
    help: "The precision of products, instead of the config's; bfloat16 needs AMX.",
    transform: TrainingPrecision.parse
  )
  var precision: TrainingPrecision?
  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("The run's folder; a new one otherwise.", valueName: "folder")
  )
  var runFolder: String?
  @Option(help: ArgumentHelp("The folder of new runs.", valueName: "folder"))
  var runs = "runs"
  @Flag(help: "Go on from the last checkpoint of --run, or of this config's latest run.")
  var resume = false
  @Flag(help: "Print every key of a config and what it means.")
  var schema = false
  @Option(
    help: ArgumentHelp(
      "Print a config to start from: \(StartingConfig.names.joined(separator: ", ")).",
      valueName: "name"
    )
  )
  var example: String?
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads: expected 1 to 256, got \(threads)")
    }
    if let epochs, epochs < 1 {
      throw ValidationError("--epochs: expected at least 1, got \(epochs)")
    }
    if let rate, !(rate > 0 && rate.isFinite) {
      throw ValidationError("--rate: expected a number above 0, got \(rate)")
    }
    for (name, model) in [("from", start), ("teacher", teacher)] {
      guard let model, !ExperimentConfig.isModelFile(model) else { continue }
      throw ValidationError("--\(name): expected an .onnx or .sqz file, got \(model)")
    }
    if let seed, seed > Int.max {
      throw ValidationError("--seed: expected at most \(Int.max), got \(seed)")
    }
    if let example, StartingConfig.text(of: example) == nil {
      let names = StartingConfig.names.joined(separator: ", ")
      throw ValidationError("--example: expected one of \(names), got \(example)")
    }
    if config == nil, !schema, example == nil {
      throw ValidationError("expected a config, --schema or --example")
    }
  }

  func run() throws {
    if schema { return Console.print(ExperimentSchema.text, terminator: "") }
    if let example, let text = StartingConfig.text(of: example) {
      return Console.print(text, terminator: "")
    }
    guard let path = config else { return }
    StopSignal.install()
    try Ranks.run { try train(path, $0) }
  }

  private func train(_ path: String, _ communicator: any Communicator) throws {
    var config = try ExperimentConfig(contentsOf: URL(fileURLWithPath: path))
    if let data { config.dataPath = URL(fileURLWithPath: data).path }
    if let seed { config.seed = seed }
    if let epochs { config.epochs = epochs }
    if let rate { config.rate = rate }
    if let start { config.begin(with: URL(fileURLWithPath: start)) }
    if let teacher { config.learn(from: URL(fileURLWithPath: teacher)) }
    if let threads { config.threads = threads }
    if let precision { config.precision = precision }
    if communicator.size > 1, config.settings.integer("threads") == nil {
      config.threads = max(1, config.threads / MPIJob.localSize())
    }
    let isFirst = communicator.rank == 0
    // Rank 0 names the folder, where there may be none for the others to see.
    let named = try communicator.broadcast(isFirst ? Array(folder(for: config).url.path.utf8) : [])
    let folder = RunFolder(URL(fileURLWithPath: String(decoding: named, as: UTF8.self)))
    let progress = TrainingProgress()
    var session = TrainingSession(config)
    session.communicator = communicator
    let summary = try session.run(
      in: folder,
      resume: resume,
      observe: { if isFirst { progress.show($0) } },
      shouldStop: { StopSignal.isSet }
    )
    // The others wait here, at rest, until rank 0 has written everything.
    try communicator.barrier()
    guard isFirst else { return }
    if summary.end == TrainingEnd.stopped.rawValue {
      Console.note("stopped after step \(summary.steps); go on with:\n  \(goOn(path, folder))")
    }
    if output.json { try Console.json(summary) } else { show(summary) }
    if summary.end == TrainingEnd.stopped.rawValue, StopSignal.isSet {
      throw ExitCode(StopSignal.exitCode)
    }
  }

  private func folder(for config: ExperimentConfig) throws -> RunFolder {
    let parent = URL(fileURLWithPath: runs)
    let folder =
      runFolder.map { RunFolder(URL(fileURLWithPath: $0)) }
      ?? (resume ? RunFolder.latest(of: config.name, in: parent) : nil)
    guard let folder else {
      if resume {
        throw RunError(
          parent.path,
          expected: "a run of \(config.name) with a checkpoint",
          actual: "none"
        )
      }
      return RunFolder.new(for: config.name, in: parent)
    }
    if !resume, folder.hasCheckpoint {
      throw RunError(
        folder.url.path,
        expected: "a new folder, or --resume",
        actual: "a run with a checkpoint"
      )
    }
    return folder
  }

  /// The command that goes on with this training.
  private func goOn(_ path: String, _ folder: RunFolder) -> String {
    var words = ["squeeze", "train", path]
    if let data { words += ["--data", data] }
    if let seed { words += ["--seed", "\(seed)"] }
    if let epochs { words += ["--epochs", "\(epochs)"] }
    if let rate { words += ["--rate", "\(rate)"] }
    if let start { words += ["--from", start] }
    if let teacher { words += ["--teacher", teacher] }
    if let threads { words += ["--threads", "\(threads)"] }
    if let precision { words += ["--precision", precision.rawValue] }
    words += ["--run", runFolder ?? "\(runs)/\(folder.name)", "--resume"]
    return words.map { $0.contains(" ") ? "'\($0)'" : $0 }.joined(separator: " ")
  }

  private func show(_ summary: TrainingSummary) {
    var rows: [[String]] = []
    if let error = summary.testError { rows.append(["test error", Units.percent(error / 100)]) }
    if let error = summary.bestTestError {
      rows.append(["least test error", Units.percent(error / 100)])
    }
    if let loss = summary.testLoss { rows.append(["test loss", String(format: "%.4f", loss)]) }
    for (name, value) in summary.metrics.sorted(by: { $0.key < $1.key })
    where name != "test_error" {
      rows.append([name.replacing("_", with: " "), String(format: "%.4f", value)])
    }
    rows += [
      ["epochs", "\(summary.epochs)"], ["steps", Units.grouped(summary.steps)],
      ["time", Units.seconds(summary.seconds)],
      ["pace", "\(Units.rounded(summary.samplesPerSecond)) samples/s"],
    ]
    if let computing = summary.computeSeconds, let waiting = summary.communicationWaitSeconds,
      let communicating = summary.communicationSeconds, let bytes = summary.communicationBytes
    {
      rows += [
        ["ranks", "\(summary.ranks)"], ["computing", Units.seconds(computing)],
        [
          "communicating",
          "\(Units.seconds(communicating)), \(Units.seconds(waiting)) of it waiting; "
            + "\(Units.bytes(bytes)) sent by each rank",
        ],
      ]
    }
    rows += [
      ["weights", "sha256 \(summary.weightsHash.prefix(16))…"]
    ]
    if summary.skippedSamples > 0 {
      rows.append(["skipped", "\(summary.skippedSamples) samples that could not be read"])
    }
    Console.print(Table([.init("result"), .init("")], rows: rows).text, terminator: "")
    for remark in summary.remarks { Console.print(remark) }
    Console.print("\(summary.run)/report.html shows it all.")
  }
}
