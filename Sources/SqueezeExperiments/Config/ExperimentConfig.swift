public import Foundation

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

  /// Where the data lies; `nil` where the config does not say.
  public var dataPath: String? {
    get { data.text("path").map { url($0).path } }
    set {
      var data = data
      data.values["path"] = newValue.map { .text($0) }
      settings.values["data"] = .settings(data)
    }
  }

  var network: Settings { settings.settings("network") ?? Settings() }
  package var data: Settings { settings.settings("data") ?? Settings() }
}
