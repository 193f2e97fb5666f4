import ArgumentParser
import Foundation
import Squeeze

/// `squeeze demo`: the whole chain on pictures that the package draws itself.
struct Demo: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Show the whole chain on pictures drawn on the spot.",
    discussion: """
      Draws pictures of stripes and trains a network that tells their direction; says what it costs; prunes, \
      retrains, quantizes and codes it; runs it from the small file; names the layer that lost most. Beside it a \
      file is squeezed without any loss, and SqueezeNet with random weights shows cost and speed of a real \
      architecture. At the end one table compares before and after, and one HTML page shows everything.

      EXAMPLES
        squeeze demo
        squeeze demo --output /tmp/squeeze-demo
      """
  )

  @Option(name: .customLong("output"), help: "The folder to write to.")
  var folder = "demo-output"
  @OptionGroup var output: OutputOptions

  private struct Result: Encodable {
    var pictures: Int
    var top1_correct: Int
    var onnx_bytes: Int
    var sqz_bytes: Int
    var identical: Bool
    var trained_test_error: Double?
    var trained_epochs: Int
    var compression: CompressionSummary
  }

  func run() throws {
    if output.json { try Console.json(try facts()) } else { try show() }
  }

  /// What the demonstration shows, as numbers.
  private func facts() throws -> Result {
    let lossless = DemoLossless(folder: folder)
    try lossless.prepare()
    let facts = try lossless.facts()
    let training = DemoTraining(folder: folder)
    let trained = try training.summary()
    let compress = try self.compress(training, trained.model.path)
    let (outcome, path) = try compress.perform()
    return Result(
      pictures: facts.accuracy.count,
      top1_correct: facts.accuracy.top1Correct,
      onnx_bytes: facts.onnxBytes,
      sqz_bytes: facts.sqzBytes,
      identical: facts.identical,
      trained_test_error: trained.summary.testError,
      trained_epochs: trained.summary.epochs,
      compression: CompressionSummary(outcome, output: path)
    )
  }

  private func show() throws {
    let clock = ContinuousClock()
    let start = clock.now
    let training = DemoTraining(folder: folder)
    try training.prepare()
    title("1. Train a network on pictures drawn on the spot")
    let dense = try train(training)
    title("2. Account: what does it cost?")
    try command("inspect", dense)
    title("3. Compress: prune, retrain, share weights, retrain, code; then the gate")
    let compress = try self.compress(training, dense)
    Console.print("$ squeeze \(arguments(training, dense).joined(separator: " "))")
    let (outcome, small) = try compress.perform()
    Console.print(outcome.layers.table.text)
    Console.print(outcome.stepTable.text)
    title("4. Run it from the small file")
    let pictures = try somePictures(training)
    try command(["run", small, "--top", "2"] + pictures)
    try command("evaluate", small, "--data", training.pictures)
    title("5. Which layer lost most?")
    try command("blame", dense, small, "--data", training.pictures)
    title("6. Another file, squeezed without any loss")
    let lossless = DemoLossless(folder: folder)
    try lossless.prepare()
    try command("convert", lossless.onnx, lossless.sqz)
    lossless.compareSizes()
    try command("verify", lossless.onnx, lossless.sqz)
    title("7. A published architecture: SqueezeNet v1.0 (random weights: cost and speed only)")
    try showSqueezeNet()
    title("Before and after")
    Console.print(outcome.comparison.text)
    Console.print(
      "\(outcome.verdict.isAccepted ? "Accepted" : "Refused"), done in "
        + "\(Units.seconds((clock.now - start).inSeconds)). Everything on one page: "
        + "\(folder)/report.html"
    )
    guard outcome.verdict.isAccepted else { throw ExitCode(1) }
  }

  /// Trains, shows the curve as text and as a picture, and returns the model's file.
  private func train(_ training: DemoTraining) throws -> String {
    let run = training.newRun()
    let place = "\(training.runs)/\(run.name)"
    let runs = ["--runs", training.runs]
    try command(["train", training.config, "--run", place] + runs)
    let database = try RunDatabase(folder: run.parent)
    for metric in ["loss", "test_error"] {
      let values = try database.metrics(of: run.name, named: metric).map(\.value)
      guard let first = values.first, let last = values.last else { continue }
      let ends = "\(Units.rounded(first)) → \(Units.rounded(last))"
      let name = metric.padding(toLength: 11, withPad: " ", startingAt: 0)
      Console.print("\(name) \(Sparkline.text(values, width: 48)) \(ends)")
    }
    Console.print("")
    let picture = ["--metric", "loss", "-o", "\(folder)/stripes-loss.svg"]
    try command(["runs", "plot", run.name] + picture + runs)
    return "\(place)/model.sqz"
  }

  private func arguments(_ training: DemoTraining, _ model: String) -> [String] {
    [
      "compress", model, "\(folder)/stripes-small.sqz", "--recipe", training.recipe, "--html",
      "\(folder)/report.html", "--run", "\(folder)/compress",
    ]
  }

  /// The command that compresses; what an earlier demonstration left there is removed.
  private func compress(_ training: DemoTraining, _ model: String) throws -> Compress {
    try? FileManager.default.removeItem(atPath: "\(folder)/compress")
    guard let command = try SqueezeCommand.parseAsRoot(arguments(training, model)) as? Compress
    else {
      preconditionFailure("squeeze compress is another command")
    }
    return command
  }

  private func showSqueezeNet() throws {
    let file = "\(folder)/squeezenet-v1.0-random.onnx"
    let squeezeNet = try SqueezeNet.v1_0(imageSize: 227)
    try ModelFile.save(squeezeNet, to: URL(fileURLWithPath: file))
    Console.print(CostReport(model: squeezeNet.name, cost: try squeezeNet.cost()).summary)
    try command("benchmark", file, "--threads", "1", "--iterations", "30")
  }

  private func title(_ text: String) {
    let isBold = isatty(STDOUT_FILENO) == 1
    Console.print(isBold ? "\n\u{1B}[1m\(text)\u{1B}[0m\n" : "\n\(text)\n")
  }

  /// Runs another command as if it had been typed, and shows what was typed.
  private func command(_ arguments: String...) throws { try command(arguments) }

  private func command(_ arguments: [String]) throws {
    Console.print("$ squeeze \(arguments.joined(separator: " "))")
    var command = try SqueezeCommand.parseAsRoot(arguments)
    try command.run()
    Console.print("")
  }

  /// Three of the test pictures.
  private func somePictures(_ training: DemoTraining) throws -> [String] {
    let folder = "\(training.pictures)/test"
    let classes = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    return classes.prefix(3).map { "\(folder)/\($0)/0.png" }
  }
}
