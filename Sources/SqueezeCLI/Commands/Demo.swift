import ArgumentParser
import Foundation
import Squeeze

/// `squeeze demo`: the main job on a network and pictures that the package makes itself.
struct Demo: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the main job on a network and pictures made on the spot.",
    discussion: """
      Draws pictures of stripes, makes a network that tells their direction (its weights are computed, \
      not trained), and runs the other commands on them. Then a small network learns the same from \
      pictures, and its curve is shown. At last SqueezeNet with random weights shows cost and speed \
      of a real architecture.

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
  }

  func run() throws {
    if output.json { try Console.json(try facts()) } else { try show() }
  }

  /// What the demonstration shows, as numbers.
  private func facts() throws -> Result {
    _ = try drawPictures()
    let (onnx, sqz) = ("\(folder)/stripes.onnx", "\(folder)/stripes.sqz")
    let model = StripeNetwork.model()
    try ModelFile.save(model, to: URL(fileURLWithPath: onnx))
    try ModelFile.save(model, to: URL(fileURLWithPath: sqz))
    let read = try ModelFile.load(URL(fileURLWithPath: sqz))
    let accuracy = try Classifier(read).accuracy(on: DatasetLocator.open("\(folder)/pictures"))
    let trained = try DemoTraining(folder: folder).summary()
    return Result(
      pictures: accuracy.count,
      top1_correct: accuracy.top1Correct,
      onnx_bytes: Files.byteCount(onnx),
      sqz_bytes: Files.byteCount(sqz),
      identical: ModelComparison(model, read).areEqual,
      trained_test_error: trained.testError,
      trained_epochs: trained.epochs
    )
  }

  private func show() throws {
    let clock = ContinuousClock()
    let start = clock.now
    let pictures = try drawPictures()
    let stripes = "\(folder)/stripes"
    let model = StripeNetwork.model()
    try ModelFile.save(model, to: URL(fileURLWithPath: "\(stripes).onnx"))
    title("1. Account: what does the network cost?")
    try command("inspect", "\(stripes).onnx", "--svg", "\(folder)/stripes-cost.svg")
    title("2. Run it on pictures")
    try command(["run", "\(stripes).onnx", "--top", "2"] + pictures.prefix(3))
    title("3. Evaluate it on all \(pictures.count) pictures")
    try command("evaluate", "\(stripes).onnx", "--data", "\(folder)/pictures")
    title("4. Squeeze it, without loss")
    try command("convert", "\(stripes).onnx", "\(stripes).sqz")
    compareSizes("\(stripes).onnx", "\(stripes).sqz")
    try command("verify", "\(stripes).onnx", "\(stripes).sqz")
    try command("evaluate", "\(stripes).sqz", "--data", "\(folder)/pictures")
    title("5. Train a network that finds the filters for itself")
    try train()
    title("6. A published architecture: SqueezeNet v1.0 (random weights: cost and speed only)")
    let squeezeNet = try SqueezeNet.v1_0(imageSize: 227)
    try ModelFile.save(
      squeezeNet,
      to: URL(fileURLWithPath: "\(folder)/squeezenet-v1.0-random.onnx")
    )
    let cost = try squeezeNet.cost()
    Console.print(CostReport(model: squeezeNet.name, cost: cost).summary)
    try command(
      "benchmark",
      "\(folder)/squeezenet-v1.0-random.onnx",
      "--threads",
      "1",
      "--iterations",
      "30"
    )
    Console.print(
      "\nDone in \(Units.seconds((clock.now - start).inSeconds)). Look into \(folder)/."
    )
  }

  /// Trains on pictures drawn on the spot and shows the curve, as text and as a picture.
  private func train() throws {
    let training = DemoTraining(folder: folder)
    try training.prepare()
    let run = training.newRun()
    let runs = ["--runs", training.runs]
    try command(["train", training.config, "--run", "\(training.runs)/\(run.name)"] + runs)
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
  }

  private func title(_ text: String) { Console.print("\n\u{1B}[1m\(text)\u{1B}[0m\n") }

  /// Runs another command as if it had been typed, and shows what was typed.
  private func command(_ arguments: String...) throws { try command(arguments) }

  private func command(_ arguments: [String]) throws {
    Console.print("$ squeeze \(arguments.joined(separator: " "))")
    var command = try SqueezeCommand.parseAsRoot(arguments)
    try command.run()
    Console.print("")
  }

  /// Draws five pictures for each direction and returns their paths.
  private func drawPictures() throws -> [String] {
    var paths: [String] = []
    for (index, direction) in StripeNetwork.directions.enumerated() {
      let folder = "\(folder)/pictures/\(index) \(StripeNetwork.label(of: direction))"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for number in 0..<5 {
        let seed = UInt64(index * 100 + number)
        let path = "\(folder)/\(number).png"
        try ImageFile.save(StripePictures.draw(direction: direction, seed: seed), to: path)
        paths.append(path)
      }
    }
    return stride(from: 0, to: paths.count, by: 7).map { paths[$0] }
      + paths.enumerated().filter { $0.offset % 7 != 0 }.map(\.element)
  }

  /// Shows the size of a file beside what general-purpose compressors make of the original.
  private func compareSizes(_ original: String, _ squeezed: String) {
    let bytes = Files.byteCount(original)
    var rows = [["as it is", Units.grouped(bytes), "1.00"]]
    for (name, arguments) in [
      ("gzip", ["-9", "-c"]), ("zstd", ["-19", "-c", "-q"]), ("xz", ["-9e", "-c"]),
    ] {
      guard let size = Compressor.compressedSize(of: original, by: name, arguments) else {
        continue
      }
      rows.append(["\(name) \(arguments[0])", Units.grouped(size), ratio(bytes, size)])
    }
    let size = Files.byteCount(squeezed)
    rows.append([".sqz", Units.grouped(size), ratio(bytes, size)])
    let table = Table(
      [.init("lossless size"), .init("bytes", .right), .init("ratio", .right)],
      rows: rows
    )
    Console.print(table.text)
  }

  private func ratio(_ before: Int, _ after: Int) -> String {
    Units.rounded(Double(before) / Double(after))
  }
}
