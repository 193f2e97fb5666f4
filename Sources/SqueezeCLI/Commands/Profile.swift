import ArgumentParser
import Squeeze

/// `squeeze profile`: where a model's time goes.
struct Profile: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Say where a model's time goes, step by step, beside what this machine could do.",
    discussion: """
      Runs the compiled model on random inputs and takes the median time of every step. Each step is \
      compared with its roofline: arithmetic at this machine's peak rate, and bytes of inputs, outputs \
      and weights at the rate of the cache or memory they come from. "of limit" is the least time over \
      the time taken; kernels that need fewer products than the MACs counted, such as Winograd's, may \
      pass 100 %. Memory counts every value once; activations come from the smallest level that holds \
      what the step touches, weights from the one that holds what a whole run touches.

      --predict also says what every step should take, from its work alone: times per kernel that were \
      fitted to networks of the library on this machine, once, in some ten seconds (float32 only).

      The machine is measured once, in some seconds, and remembered per processor in the user's cache \
      folder (see squeeze probe). SQUEEZE_ISA=baseline|v3|v4 forces an instruction set.

      EXAMPLES
        squeeze profile squeezenet.onnx
        squeeze profile squeezenet.sqz --threads 1 --svg profile.svg
        squeeze profile unet.onnx --input 1,3,256,256 --json
        squeeze profile squeezenet.onnx --precision int8
        squeeze profile mobilenet-v2 --threads 1
        squeeze profile squeezenet.onnx --predict
        squeeze profile squeezenet.onnx --probe
      """
  )

  @Argument(help: NamedModel.help) var model: String
  @Option(help: "How many inputs per run, where the model leaves the batch open.")
  var batch = 1
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var tuning: TuningOptions
  @OptionGroup var precision: PrecisionOptions
  @Option(help: "Over how many runs the medians are taken.")
  var iterations = 30
  @Flag(help: "Measure the machine again instead of using what is remembered.")
  var probe = false
  @Flag(help: "Predict the time of every step as well, and say how far off that is.")
  var predict = false
  @Option(help: ArgumentHelp("Draw the profile into an SVG file.", valueName: "file"))
  var svg: String?
  @OptionGroup var inputs: InputOptions
  @OptionGroup var structure: StructureOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard batch >= 1 else { throw ValidationError("--batch: expected at least 1, got \(batch)") }
    guard (1...100_000).contains(iterations) else {
      throw ValidationError("--iterations: expected 1 to 100000, got \(iterations)")
    }
    let asked = precision.precision
    if predict, asked != .float32 {
      throw ValidationError("--predict: expected --precision float32, got \(asked.rawValue)")
    }
  }

  func run() throws {
    let loaded = try NamedModel.load(model, given: structure)
    var shapes = loaded.shapes(batch: batch)
    for (name, shape) in try inputs.shapes(for: loaded) { shapes[name] = shape }
    let prepared = try precision.prepared(consume loaded, threads: threads.threads) {
      $0.randomInputs(4, shapes: shapes)
    }
    let compiled = try tuning.compile(
      prepared,
      shapes: shapes,
      threads: threads.threads,
      precision: precision.precision
    )
    let machine = MachineCache().thisMachine(threads: threads.threads, renew: probe) { probe in
      Console.note("measuring this machine, once")
      return probe.measure()
    }
    let times = try predict ? fittedTimes(machine) : nil
    let profile = try ExecutionProfile(
      of: compiled,
      prepared,
      shapes: shapes,
      on: machine,
      iterations: iterations
    )
    let report = ProfileReport(
      model: model,
      profile: profile,
      prediction: times.map { TimePrediction($0, profile) }
    )
    if let svg {
      let title = model.split(separator: "/").last.map(String.init) ?? model
      try Files.write(ProfilePicture(title, profile).svg, to: svg)
      Console.note("wrote \(svg)")
    }
    if output.json { return try Console.json(report.json) }
    Console.print(report.table.text)
    Console.print(report.bounds.text)
    if let predictions = report.predictions, let summary = report.predictionSummary {
      Console.print(predictions.text)
      Console.print(summary + "\n")
    }
    Console.print(
      """
      machine   \(machine.processor)
      peak      \(Units.rounded(profile.roofline.peakGMACsPerSecond)) GMAC/s with \
      \(profile.instructionSet.rawValue) on \(profile.threads) threads
      memory    \(profile.roofline.levels.map(Self.text).joined(separator: ", "))
      """
    )
  }

  private func fittedTimes(_ machine: Machine) throws -> TimeModel {
    try TimeCalibration(threads: threads.threads).remembered(on: machine, renew: probe) {
      Console.note("measuring \($0), \($1 + 1) of \($2)")
    }
  }

  private static func text(_ level: Machine.Level) -> String {
    "\(level.name) \(Units.rounded(level.gigabytesPerSecond)) GB/s"
  }
}
