import ArgumentParser
import Foundation
import Squeeze

/// `--json`, which every command takes.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print the result as JSON with stable keys.")
  var json = false
}

/// `--threads`, for commands that run a model.
struct ThreadOptions: ParsableArguments {
  @Option(help: "How many threads share the work; results do not depend on it.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    guard (1...256).contains(threads) else {
      throw ValidationError("--threads: expected 1 to 256, got \(threads)")
    }
  }
}

/// `--tune`, for commands that compile a model.
struct TuningOptions: ParsableArguments {
  @Flag(
    help: ArgumentHelp(
      "Choose kernels by measurement instead of by rule.",
      discussion: """
        Where several kernels can compute a node, each is timed once on this machine and the fastest \
        taken; choices are remembered in the user's cache folder. Results may differ in rounding.
        """
    )
  )
  var tune = false

  /// What is known of the fastest kernels; `nil` without `--tune`.
  func choices(threads: Int) throws -> TunedChoices? {
    tune ? MachineCache().tunedChoices(try InstructionSet.chosen(), threads: threads) : nil
  }

  /// Remembers what compiling measured.
  func keep(_ tuned: TunedChoices?, threads: Int) throws {
    guard let tuned, tuned.measuredCount > 0 else { return }
    Console.note("measured kernels for \(tuned.measuredCount) nodes")
    do {
      try MachineCache().store(tuned, try InstructionSet.chosen(), threads: threads)
    } catch {
      Console.note("cannot remember the choices: \(error)")
    }
  }

  /// Compiles a model.
  func compile(
    _ model: consuming Model,
    shapes: [String: Shape],
    threads: Int,
    precision: Precision
  ) throws -> CompiledModel {
    let tuned = try choices(threads: threads)
    let compiled = try CompiledModel(
      consume model,
      shapes: shapes,
      threadCount: threads,
      tuned: tuned,
      precision: precision
    )
    try keep(tuned, threads: threads)
    return compiled
  }
}

/// `--precision`, for commands that run a model.
struct PrecisionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "In what numbers to compute: float32, bfloat16 or int8.",
      discussion: """
        int8 quantizes a model of floats first, calibrated on the inputs of the command, at most 32 \
        tensors or 200 pictures; \
        a quantized model runs in whole numbers in any case.
        """
    ),
    transform: Self.parse
  )
  var precision = Precision.float32
  @Option(
    help: ArgumentHelp(
      "int8: how the range of an activation is chosen.",
      discussion: """
        min-max: all that occurs; percentile:99.99: that share of it; mse: the smallest squared error; \
        kl: the distribution that tells least from the real one.
        """,
      valueName: "rule"
    ),
    transform: Self.parseRule
  )
  var ranges: RangeRule?
  @Flag(help: "int8: let biases make up for what rounding shifts on average.")
  var correctBias = false

  /// How a model of floats is quantized.
  private var method: ActivationQuantization {
    var method = ActivationQuantization()
    if let ranges { method.rule = ranges }
    if correctBias { method.correctsBias = true }
    return method
  }

  /// The model for this precision: for int8 on grids, unless it is already.
  func prepared(
    _ model: consuming Model,
    threads: Int,
    calibratedOn inputs: (Model) throws -> [[String: Tensor]]
  ) throws -> Model {
    guard precision == .int8, !ActivationQuantization.isQuantized(model) else { return model }
    let samples = try inputs(model).prefix(Model.calibrationLimit)
    Self.noteCalibration(samples.count)
    return try model.quantized(calibratedOn: samples, by: method, threadCount: threads)
  }

  /// The classifier for this precision, calibrated on at most so many pictures.
  func prepared(
    _ classifier: Classifier,
    limit: Int = Classifier.calibrationLimit,
    calibratedOn pictures: (_ limit: Int) throws -> [Tensor]
  ) throws -> Classifier {
    guard classifier.awaitsCalibration else { return classifier }
    let samples = try pictures(limit)
    Self.noteCalibration(samples.count)
    return try classifier.quantized(calibratedOn: samples, by: method)
  }

  private static func noteCalibration(_ count: Int) {
    Console.note(
      "int8: the model is of floats; activations are calibrated on \(count) inputs of this command."
    )
  }

  private static func parseRule(_ text: String) throws -> RangeRule {
    guard let rule = RangeRule(text) else {
      throw ValidationError("expected min-max, percentile:P, mse or kl, got \(text)")
    }
    return rule
  }

  private static func parse(_ text: String) throws -> Precision {
    guard let precision = Precision(rawValue: text) else {
      let names = Precision.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("expected one of \(names), got \(text)")
    }
    return precision
  }
}

/// `--preprocess`, for commands that feed pictures to a model.
struct PreprocessOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How a picture becomes the input; default is what the model's file says.",
      discussion: """
        caffe: BGR minus (104, 117, 123); imagenet: RGB in 0…1 normalized per channel; \
        unit: grey or RGB in 0…1. The shorter side is resized to 256 (unit: the input size), \
        then the centre is cropped.
        """,
      valueName: "preset"
    )
  )
  var preprocess: String?

  /// The chosen preset, or `nil` for the model's own.
  func preprocessing() throws -> Preprocessing? {
    guard let preprocess else { return nil }
    guard let preset = Preprocessing.presets.first(where: { $0.name == preprocess }) else {
      let names = Preprocessing.presets.map(\.name).joined(separator: ", ")
      throw ValidationError("--preprocess: expected one of \(names), got \(preprocess)")
    }
    return preset.preprocessing
  }

  func validate() throws { _ = try preprocessing() }
}

/// `--input`, for commands that need the size of a model's input.
struct InputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The shape of an input, such as 1,3,227,227 or data=1,3,227,227.",
      valueName: "shape"
    )
  )
  var input: [String] = []

  /// The shapes by input name; without a name the first input is meant.
  func shapes(for model: Model) throws -> [String: Shape] {
    var shapes: [String: Shape] = [:]
    for text in input {
      let parts = text.split(separator: "=", maxSplits: 1)
      let sizes = (parts.last ?? "").split(separator: ",").map { Int($0) }
      guard let first = model.inputs.first?.name, !sizes.isEmpty, !sizes.contains(nil) else {
        throw ValidationError("--input: expected sizes such as 1,3,227,227, got \(text)")
      }
      shapes[parts.count == 2 ? String(parts[0]) : first] = Shape(sizes.compactMap { $0 })
    }
    return shapes
  }
}

extension TrainingPrecision {
  /// A precision of an option.
  static func parse(_ text: String) throws -> TrainingPrecision {
    guard let precision = TrainingPrecision(rawValue: text) else {
      let names = allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("expected one of \(names), got \(text)")
    }
    return precision
  }
}
