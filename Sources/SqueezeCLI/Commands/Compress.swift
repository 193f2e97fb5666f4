import ArgumentParser
import Foundation
import Squeeze

/// `squeeze compress`: a smaller model, or a refusal that says why.
struct Compress: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compress",
    abstract: "Make a model smaller by a plan, and accept or refuse the result.",
    discussion: """
      A plan comes from --recipe, or is made from a scan of how sensitive every layer is. Its steps prune, \
      quantize, retrain and calibrate; each leaves a checkpoint, and --resume goes on to the same bits, with a \
      changed recipe after the last step that is the same. At the end accuracy, bytes and latency are measured \
      before and after, on samples that nothing was calibrated or chosen by. Where one is worse than asked the \
      result is refused: exit code 1, OUT.rejected.sqz instead of OUT.sqz, the layer to blame and what would help.

      Retraining needs a training config (train: in the recipe, or --train) whose data --data may replace. \
      Without one, --data is a folder of labelled pictures as squeeze evaluate takes it; --calibration of them are \
      set apart.

      EXAMPLES
        squeeze compress net.sqz small.sqz --data pictures/ --target-size 400KB
        squeeze compress lenet.sqz small.sqz --recipe Examples/compress/lenet-5.yaml --data mnist/
        squeeze compress net.sqz small.sqz --data pictures/ --max-drop 0.5% --precision int8 --json
        squeeze compress --example deep > deep.yaml
      """
  )

  @Argument(help: "The model: .onnx or .sqz, or .net or .safetensors with --structure.")
  var model: String?
  @Argument(help: "The file to write, .sqz.")
  var out: String?
  @Option(help: ArgumentHelp("The data, instead of the training config's.", valueName: "path"))
  var data: String?
  @Option(help: ArgumentHelp("The plan; see --schema and --example.", valueName: "file"))
  var recipe: String?
  @Option(help: ArgumentHelp("The config that retraining follows.", valueName: "config"))
  var train: String?
  @Option(help: ArgumentHelp("The most bytes of the file, such as 400KB.", valueName: "size"))
  var targetSize: String?
  @Option(help: ArgumentHelp("The most accuracy to lose, such as 0.5%.", valueName: "points"))
  var maxDrop: String?
  @Option(help: ArgumentHelp("The longest time, such as 5ms or 1.1x.", valueName: "time"))
  var maxLatency: String?
  @Option(help: "Samples to calibrate and choose by; they are not judged.")
  var calibration: Int?
  @Option(help: "In what numbers the result computes: float32 or int8.")
  var precision: String?
  @Option(help: "Judge by so many samples only.")
  var limit: Int?
  @Option(help: "The seed of every choice by chance.")
  var seed: UInt64?
  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("The folder for checkpoints; OUT.compress otherwise.", valueName: "folder")
  )
  var runFolder: String?
  @Flag(help: "Go on from the last checkpoint; where the recipe was changed, from there.")
  var resume = false
  @Option(help: ArgumentHelp("Write a report as one HTML file.", valueName: "file"))
  var html: String?
  @Flag(help: "Print every key of a recipe and what it means.")
  var schema = false
  @Option(
    help: ArgumentHelp(
      "Print a recipe to start from: \(StartingRecipe.names.joined(separator: ", ")).",
      valueName: "name"
    )
  )
  var example: String?
  @OptionGroup var preprocess: PreprocessOptions
  @OptionGroup var structure: StructureOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let example, StartingRecipe.text(of: example) == nil {
      let names = StartingRecipe.names.joined(separator: ", ")
      throw ValidationError("--example: expected one of \(names), got \(example)")
    }
    if schema || example != nil { return }
    guard model != nil, let out else {
      throw ValidationError("expected a model and a file to write, --schema or --example")
    }
    guard out.lowercased().hasSuffix(".sqz") else {
      throw ValidationError("\(out): expected a name ending in .sqz")
    }
    if let targetSize, ByteSize.bytes(targetSize) == nil {
      throw ValidationError("--target-size: expected a size such as 400KB, got \(targetSize)")
    }
    var goal = RecipeGoal()
    if let maxDrop, !goal.setDrop(maxDrop) {
      throw ValidationError("--max-drop: expected points such as 0.5%, got \(maxDrop)")
    }
    if let maxLatency, !goal.setLatency(maxLatency) {
      throw ValidationError("--max-latency: expected a time such as 5ms or 1.1x, got \(maxLatency)")
    }
    if let precision, !["float32", "int8"].contains(precision) {
      throw ValidationError("--precision: expected float32 or int8, got \(precision)")
    }
    if let calibration, calibration < 1 {
      throw ValidationError("--calibration: expected at least 1, got \(calibration)")
    }
    if let limit, limit < 1 { throw ValidationError("--limit: expected at least 1, got \(limit)") }
    if let seed, seed > Int.max {
      throw ValidationError("--seed: expected at most \(Int.max), got \(seed)")
    }
    if recipe == nil, targetSize == nil, maxDrop == nil {
      throw ValidationError("expected --recipe, --target-size or --max-drop")
    }
  }

  func run() throws {
    if schema { return Console.print(RecipeSchema.root.text, terminator: "") }
    if let example, let text = StartingRecipe.text(of: example) {
      return Console.print(text, terminator: "")
    }
    StopSignal.install()
    let (outcome, path): (CompressionOutcome, String)
    do {
      (outcome, path) = try perform()
    } catch is RecipeInterruption {
      Console.note("stopped and saved; the same command with --resume goes on")
      throw ExitCode(StopSignal.isSet ? StopSignal.exitCode : 1)
    }
    if output.json {
      try Console.json(CompressionSummary(outcome, output: path))
    } else {
      show(outcome, path)
    }
    guard outcome.verdict.isAccepted else {
      for complaint in outcome.verdict.complaints {
        let layer = complaint.layer.map { "; most of all \($0)" } ?? ""
        Console.note("refused for its \(complaint.about): \(complaint.text)\(layer)")
        Console.note("  would help: \(complaint.repair)")
      }
      throw ExitCode(1)
    }
  }

  /// Compresses, shows how it goes, and writes file and report.
  ///
  /// - Returns: what came out, and where it was written.
  func perform() throws -> (CompressionOutcome, String) {
    guard let model, let out else { throw ValidationError("expected a model and a file to write") }
    let order = CompressionOrder(
      model: try structure.load(model),
      recipe: try recipe.map { try Recipe(contentsOf: URL(fileURLWithPath: $0)) },
      trainingConfig: train.map { URL(fileURLWithPath: $0) },
      data: data.map { URL(fileURLWithPath: $0).path },
      preprocessing: try preprocess.preprocessing(),
      targetBytes: targetSize.flatMap(ByteSize.bytes),
      maxDrop: maxDrop,
      maxLatency: maxLatency,
      precision: precision,
      calibration: calibration,
      limit: limit,
      seed: seed,
      threads: threads.threads,
      inputBytes: Files.byteCount(model),
      folder: URL(fileURLWithPath: runFolder ?? "\(out.dropLast(4)).compress")
    )
    let progress = CompressionProgress()
    let outcome = try order.run(
      resume: resume,
      observe: { progress.show($0) },
      shouldStop: { StopSignal.isSet }
    )
    let path = outcome.verdict.isAccepted ? out : "\(out.dropLast(4)).rejected.sqz"
    try Data(outcome.file).write(to: URL(fileURLWithPath: path), options: .atomic)
    if let html { try Files.write(CompressionReport(outcome).page.text, to: html) }
    return (outcome, path)
  }

  private func show(_ outcome: CompressionOutcome, _ path: String) {
    Console.print(outcome.layers.table.text)
    Console.print(outcome.stepTable.text)
    Console.print(outcome.comparison.text)
    let verdict = outcome.verdict.isAccepted ? "accepted" : "refused"
    Console.print("\(verdict): \(path)" + (html.map { ", report in \($0)" } ?? ""))
  }
}
