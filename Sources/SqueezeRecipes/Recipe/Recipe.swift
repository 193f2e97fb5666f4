public import Foundation
public import SqueezeExperiments

/// What is to be done to a model and what has to come out; see ``RecipeSchema`` for its keys.
public struct Recipe: Sendable {
  /// The values under the keys of ``RecipeSchema/root``.
  public var settings: Settings
  /// How messages call the file.
  public var file: String
  /// Where relative paths begin.
  public var folder: URL

  /// Reads a recipe from a file.
  ///
  /// - Throws: `ConfigError` that names file and line.
  public init(contentsOf url: URL) throws(ConfigError) {
    try self.init(
      ConfigReader.text(of: url, "recipe"),
      file: url.lastPathComponent,
      folder: url.deletingLastPathComponent()
    )
  }

  /// Reads a recipe from a text.
  ///
  /// - Throws: `ConfigError` that names the line.
  public init(_ text: String, file: String, folder: URL) throws(ConfigError) {
    settings = try ConfigReader(file: file).read(text, as: RecipeSchema.root)
    self.file = file
    self.folder = folder
    _ = try steps
    _ = try goal(parameterBytes: 1)
  }

  /// The whole recipe as YAML, with what had been left out.
  public var text: String { ConfigWriter.text(settings, as: RecipeSchema.root) }

  /// What runs are called.
  public var name: String {
    settings.text("name") ?? String(file.split(separator: ".").first ?? "recipe")
  }

  /// The seed of every choice by chance.
  public var seed: UInt64 {
    get { UInt64(clamping: settings.integer("seed") ?? 1) }
    set { settings.values["seed"] = .integer(Int(clamping: newValue)) }
  }

  /// Samples to calibrate and to choose by.
  public var calibration: Int {
    get { settings.integer("calibration") ?? 200 }
    set { settings.values["calibration"] = .integer(newValue) }
  }

  /// The training config it names, as a file.
  public var trainingConfig: URL? {
    settings.text("train").map {
      $0.hasPrefix("/")
        ? URL(fileURLWithPath: $0) : folder.appendingPathComponent($0).standardizedFileURL
    }
  }

  /// The steps in order.
  ///
  /// - Throws: `ConfigError` for values that do not go together.
  public var steps: [any RecipeStep] {
    get throws(ConfigError) {
      let all = settings.variants("steps")
      guard !all.isEmpty else { throw error(settings, "steps", "at least one step", "none") }
      var steps: [any RecipeStep] = []
      for step in all { steps.append(try self.step(step)) }
      return steps
    }
  }

  private func step(_ settings: Settings) throws(ConfigError) -> any RecipeStep {
    switch settings.variant {
    case "prune": return try PruneStep(settings, self)
    case "prune_channels": return try ChannelStep(settings, self)
    case "quantize": return try QuantizeStep(settings, self)
    case "round": return try RoundStep(settings, self)
    case "train": return TrainStep(settings)
    case "calibrate": return CalibrateStep(settings)
    case "fold", "equalize", "correct_bias", "renew_statistics": return PreparationStep(settings)
    case let other: preconditionFailure("step \(other ?? "") is in the schema but cannot be made")
    }
  }

  /// What has to come out.
  ///
  /// - Parameter parameterBytes: the bytes of all parameters as float32, which a ratio refers to.
  /// - Returns: the goal; without any key only fewer bytes and a small drop are asked for.
  /// - Throws: `ConfigError` for a size or time that cannot be read.
  public func goal(parameterBytes: Int) throws(ConfigError) -> RecipeGoal {
    let section = settings.settings("goal") ?? Settings()
    var goal = RecipeGoal(drop: (section.number("max_drop") ?? 100 * RecipeGoal.standardDrop) / 100)
    if let ratio = section.number("ratio") { goal.bytes = Int(Double(parameterBytes) / ratio) }
    if let size = section.text("size") {
      guard let bytes = ByteSize.bytes(size) else {
        throw error(section, "size", "a size such as 400KB", size)
      }
      goal.bytes = min(bytes, goal.bytes ?? bytes)
    }
    if let latency = section.text("max_latency"), !goal.setLatency(latency) {
      throw error(section, "max_latency", "a time such as 5ms, or 1.1x", latency)
    }
    return goal
  }

  /// An error about a key.
  func error(
    _ settings: Settings,
    _ key: String,
    _ expected: String,
    _ actual: String
  ) -> ConfigError {
    ConfigError(
      file,
      line: settings.lines[key] ?? settings.line,
      expected: "\(key) to be \(expected)",
      actual: actual
    )
  }
}
