public import Foundation
public import SqueezeEngine

/// What is to be trained, on what and how; see ``ExperimentSchema`` for its keys.
public struct ExperimentConfig: Sendable {
  /// The values under the keys of ``ExperimentSchema/root``.
  public var settings: Settings
  /// How messages call the file.
  public var file: String
  /// Where relative paths begin.
  public var folder: URL

  /// Reads a config from a file.
  ///
  /// - Throws: ``ConfigError`` that names file and line.
  public init(contentsOf url: URL) throws(ConfigError) {
    try self.init(
      ConfigReader.text(of: url, "config"),
      file: url.lastPathComponent,
      folder: url.deletingLastPathComponent()
    )
  }

  /// Reads a config from a text.
  ///
  /// - Throws: ``ConfigError`` that names the line.
  public init(_ text: String, file: String, folder: URL) throws(ConfigError) {
    settings = try ConfigReader(file: file).read(text, as: ExperimentSchema.root)
    self.file = file
    self.folder = folder
  }

  /// The whole config as YAML, with what had been left out.
  public var text: String { ConfigWriter.text(settings, as: ExperimentSchema.root) }

  /// An error about a key.
  func error(
    _ settings: Settings? = nil,
    key: String,
    expected: String,
    actual: String
  ) -> ConfigError {
    let settings = settings ?? self.settings
    return ConfigError(
      file,
      line: settings.lines[key] ?? settings.line,
      expected: expected,
      actual: actual
    )
  }

  /// A file or folder that a config names.
  func url(_ path: String) -> URL {
    path.hasPrefix("/")
      ? URL(fileURLWithPath: path) : folder.appendingPathComponent(path).standardizedFileURL
  }
}

extension ExperimentConfig {
  /// What runs are called.
  public var name: String {
    settings.text("name") ?? String(file.split(separator: ".").first ?? "run")
  }

  public var epochs: Int {
    get { settings.integer("epochs") ?? 1 }
    set { settings.values["epochs"] = .integer(newValue) }
  }

  public var batch: Int { settings.integer("batch") ?? 1 }

  /// The seed of weights, order and augmentation.
  public var seed: UInt64 {
    get { UInt64(clamping: settings.integer("seed") ?? 1) }
    set { settings.values["seed"] = .integer(Int(clamping: newValue)) }
  }

  public var threads: Int {
    get { settings.integer("threads") ?? ProcessInfo.processInfo.activeProcessorCount }
    set { settings.values["threads"] = .integer(newValue) }
  }

  /// The precision in which the engine multiplies.
  public var precision: TrainingPrecision {
    get { settings.text("precision").flatMap { TrainingPrecision(rawValue: $0) } ?? .float32 }
    set { settings.values["precision"] = .text(newValue.rawValue) }
  }

  /// Where the data lies; `nil` where the config does not say.
  public var dataPath: String? {
    get { data.text("path").map { url($0).path } }
    set {
      var data = data
      data.values["path"] = newValue.map { .text($0) }
      settings.values["data"] = .settings(data)
    }
  }

  /// Whether a name is that of a model's file rather than of a network of the library.
  public static func isModelFile(_ name: String) -> Bool {
    [".onnx", ".sqz"].contains { name.lowercased().hasSuffix($0) }
  }

  /// The largest rate of the optimizer.
  public var rate: Double {
    get { optimizer.number("rate") ?? 0 }
    set {
      var optimizer = optimizer
      optimizer.values["rate"] = .number(newValue)
      settings.values["optimizer"] = .settings(optimizer)
    }
  }

  /// Begins with the weights of an `.onnx` or `.sqz` file instead of the config's network.
  public mutating func begin(with model: URL) {
    settings.values["network"] = .settings(Settings(nil, ["name": .text(model.path)]))
    settings.values["initializer"] = "keep"
  }

  /// Learns from the answers of a model in an `.onnx` or `.sqz` file as well.
  public mutating func learn(from teacher: URL) {
    var settings = self.settings.settings("teacher") ?? Settings()
    settings.values["model"] = .text(teacher.path)
    self.settings.values["teacher"] = .settings(settings)
  }

  private var optimizer: Settings { settings.settings("optimizer") ?? Settings() }
  var network: Settings { settings.settings("network") ?? Settings() }
  package var data: Settings { settings.settings("data") ?? Settings() }
}
