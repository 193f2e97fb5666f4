import ArgumentParser
import Squeeze

/// `squeeze benchmark`: how long a model takes.
struct Benchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark",
    abstract: "Measure how long a model takes to load and to run.",
    discussion: """
      Runs the compiled model on random inputs, after a warm-up. load_ms is the time from the file's \
      bytes on disk to a decoded model, on one thread, or to make random weights; compile_ms packs weights \
      and plans memory. SQUEEZE_ISA=baseline|v3|v4|v4vnni forces an instruction set.

      EXAMPLES
        squeeze benchmark squeezenet.sqz --threads 1
        squeeze benchmark squeezenet.onnx --batch 4 --iterations 200 --json
        squeeze benchmark squeezenet.onnx --precision int8
        squeeze benchmark squeezenet-v1.1 --threads 1
        squeeze benchmark squeezenet.onnx --steps
      """
  )

  @Argument(help: NamedModel.help) var model: String
  @Option(help: "How many inputs per run, where the model leaves the batch open.")
  var batch = 1
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var tuning: TuningOptions
  @OptionGroup var precision: PrecisionOptions
  @Option(help: "How many runs count.")
  var iterations = 50
  @Flag(help: "Print the time of every step of the plan.")
  var steps = false
  @OptionGroup var inputs: InputOptions
  @OptionGroup var structure: StructureOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard batch >= 1 else { throw ValidationError("--batch: expected at least 1, got \(batch)") }
    guard (1...1_000_000).contains(iterations) else {
      throw ValidationError("--iterations: expected 1 to 1000000, got \(iterations)")
    }
  }

  private struct Result: Encodable {
    struct Step: Encodable {
      var nodes: [String]
      var `operator`: String
      var kernel: String
      var ms: Double
    }
    var model: String
    var load_ms: Double
    var compile_ms: Double
    var median_ms: Double
    var p95_ms: Double
    var min_ms: Double
    var threads: Int
    var batch: Int
    var iterations: Int
    var macs: Int
    var gmacs_per_second: Double
    var peak_memory_bytes: Int
    var arena_bytes: Int
    var instruction_set: String
    var precision: String
    /// The processor's power during the runs, by its own counters; whatever else ran counts, too.
    var package_watts: Double?
    var measured_joules_per_run: Double?
    var steps: [Step]?
  }

  func run() throws {
    let clock = ContinuousClock()
    let start = clock.now
    let loaded = try NamedModel.load(model, given: structure)
    let loadTime = (clock.now - start).inSeconds
    var shapes = loaded.shapes(batch: batch)
    for (name, shape) in try inputs.shapes(for: loaded) { shapes[name] = shape }
    let macs = try loaded.cost(for: shapes).macs
    let prepared = try precision.prepared(consume loaded, threads: threads.threads) {
      $0.randomInputs(4, shapes: shapes)
    }
    let compileStart = clock.now
    let compiled = try tuning.compile(
      consume prepared,
      shapes: shapes,
      threads: threads.threads,
      precision: precision.precision
    )
    let compileTime = (clock.now - compileStart).inSeconds
    var bar = ProgressBar("benchmark")
    let counter = EnergyCounter()
    let measure = {
      let start = clock.now
      let latency = try Latency(of: compiled, iterations: iterations) { run in
        if !output.json { bar.show(run, of: iterations) }
      }
      return (latency: latency, seconds: (clock.now - start).inSeconds)
    }
    let measured = try counter?.joules(during: measure)
    let (latency, duration) = try measured?.result ?? measure()
    let watts = measured?.joules.map { $0 / max(duration, 1e-9) }
    let times = steps ? try compiled.stepTimes(iterations: min(iterations, 20)) : nil
    let result = Result(
      model: model,
      load_ms: loadTime * 1e3,
      compile_ms: compileTime * 1e3,
      median_ms: latency.median * 1e3,
      p95_ms: latency.p95 * 1e3,
      min_ms: latency.minimum * 1e3,
      threads: threads.threads,
      batch: batch,
      iterations: iterations,
      macs: macs,
      gmacs_per_second: Double(macs) / latency.median * 1e-9,
      peak_memory_bytes: ProcessMemory.peakBytes,
      arena_bytes: compiled.arenaByteCount,
      instruction_set: compiled.instructionSet.rawValue,
      precision: precision.precision.rawValue,
      package_watts: watts,
      measured_joules_per_run: watts.map { $0 * latency.median },
      steps: times.map { times in
        zip(compiled.steps, times).map { step, time in
          .init(
            nodes: step.nodes,
            operator: step.operatorName,
            kernel: step.kernel,
            ms: time * 1e3
          )
        }
      }
    )
    if output.json { return try Console.json(result) }
    show(result)
  }

  private func show(_ result: Result) {
    if let steps = result.steps {
      let total = steps.reduce(0) { $0 + $1.ms }
      let table = Table(
        [
          .init("step"), .init("operator"), .init("kernel"), .init("time", .right),
          .init("share", .right),
        ],
        rows: steps.map {
          [
            $0.nodes.joined(separator: " + "), $0.operator, $0.kernel, Units.seconds($0.ms / 1e3),
            Units.percent($0.ms / total),
          ]
        }
      )
      Console.print(table.text)
    }
    Console.print(
      """
      median        \(Units.seconds(result.median_ms / 1e3))
      95 % within   \(Units.seconds(result.p95_ms / 1e3))
      fastest       \(Units.seconds(result.min_ms / 1e3))
      rate          \(Units.rounded(result.gmacs_per_second)) GMAC/s of \(Units.count(result.macs)) MACs
      load          \(Units.seconds(result.load_ms / 1e3)), compile \(Units.seconds(result.compile_ms / 1e3))
      memory        \(Units.bytes(result.peak_memory_bytes)) peak of the process, \
      \(Units.bytes(result.arena_bytes)) arena
      setting       batch \(result.batch), \(result.threads) threads, \
      \(result.iterations) runs, \(result.precision), instruction set \(result.instruction_set)
      """
    )
    if let watts = result.package_watts, let joules = result.measured_joules_per_run {
      Console.print(
        "energy        \(Units.rounded(joules * 1e3)) mJ per run, measured: the whole processor took "
          + "\(Units.rounded(watts)) W (RAPL)"
      )
    }
  }
}
