public import Foundation
public import SqueezeDesign

/// A search: what may be done to the network of a training, and what counts; see ``SearchSchema``.
public struct SearchConfig: Sendable {
  public var settings: Settings
  /// How messages call the file.
  public var file: String
  /// Where relative paths begin.
  public var folder: URL
  /// How candidates are trained; its own network is what they may be compared with.
  public var training: ExperimentConfig

  /// Reads a search and the training it names.
  ///
  /// - Throws: ``ConfigError`` that names file and line.
  public init(contentsOf url: URL) throws(ConfigError) {
    try self.init(
      ConfigReader.text(of: url, "config"),
      file: url.lastPathComponent,
      folder: url.deletingLastPathComponent()
    )
  }

  /// Reads a search from a text.
  ///
  /// - Throws: ``ConfigError`` that names the line.
  public init(_ text: String, file: String, folder: URL) throws(ConfigError) {
    settings = try ConfigReader(file: file).read(text, as: SearchSchema.root)
    self.file = file
    self.folder = folder
    let path = settings.text("train") ?? ""
    training = try ExperimentConfig(
      contentsOf: path.hasPrefix("/")
        ? URL(fileURLWithPath: path) : folder.appendingPathComponent(path).standardizedFileURL
    )
    training.seed = seed
    if let epochs = settings.integer("epochs") { training.epochs = epochs }
    _ = try space()
    _ = try energyRoofline()
    let sample = settings.integer("sample") ?? 1
    if sample > populationSize {
      throw error(
        "sample",
        expected: "at most the population, \(populationSize)",
        actual: "\(sample)"
      )
    }
    if let first = settings.settings("halving")?.integer("first"), first > training.epochs {
      throw error(
        "halving",
        expected: "first at most \(training.epochs) epochs",
        actual: "\(first)"
      )
    }
  }

  /// What searches are called.
  public var name: String {
    settings.text("name") ?? String(file.split(separator: ".").first ?? "search")
  }

  public var candidates: Int { settings.integer("candidates") ?? 1 }
  public var populationSize: Int { settings.integer("population") ?? 2 }
  public var sampleSize: Int { settings.integer("sample") ?? 1 }
  public var generation: Int { settings.integer("generation") ?? 1 }
  public var workers: Int { settings.integer("workers") ?? 1 }
  public var compares: Bool { settings.boolean("compare") }
  public var inherits: Bool { settings.boolean("inherit") }
  public var seed: UInt64 { UInt64(clamping: settings.integer("seed") ?? 1) }

  /// The training with the network where the search begins.
  var start: ExperimentConfig {
    // A section that was left out is there with its standards, but on no line.
    guard let network = settings.settings("network"), settings.lines["network"] != nil else {
      return training
    }
    var start = training
    start.settings.values["network"] = .settings(network)
    (start.file, start.folder) = (file, folder)
    return start
  }

  /// What is made large or small.
  public var objectives: [Objective] {
    settings.variants("objectives").map {
      Objective(
        $0.variant ?? "",
        isMaximized: $0.variant == "accuracy",
        budget: $0.number("budget")
      )
    }
  }

  /// The device whose energy is modelled, where that is an objective.
  ///
  /// Its precision is float32, or the fastest that it has a rate for.
  ///
  /// - Throws: ``ConfigError`` that names the line where there is no such device, or no rate of it.
  func energyRoofline() throws(ConfigError) -> HardwareRoofline? {
    guard let objective = settings.variants("objectives").first(where: { $0.variant == "energy" }),
      let name = objective.text("device")
    else { return nil }
    let line = objective.lines["device"] ?? objective.line
    let place = URL(fileURLWithPath: folder.path, isDirectory: true)
    guard let device = try HardwareCatalog.device(name, in: place) else {
      let known = try HardwareCatalog.all().map(\.name)
      throw ConfigError(
        file,
        line: line,
        expected: "a .yaml file or one of \(known.joined(separator: ", "))",
        actual: Spelling.suggestion(for: name, among: known)
      )
    }
    guard
      let roofline = HardwareRoofline(device, precision: .float32)
        ?? HardwareRoofline(device, precision: nil)
    else {
      throw ConfigError(
        file,
        line: line,
        expected: "a device with a rate and a bandwidth",
        actual: device.name
      )
    }
    return roofline
  }

  /// The rounds of a generation: how many go on, and until which epoch.
  ///
  /// - Throws: `SearchError` for epochs that cannot grow.
  func rounds(_ count: Int) throws(SearchError) -> [SuccessiveHalving.Round] {
    guard let halving = settings.settings("halving") else {
      return [SuccessiveHalving.Round(candidates: count, epochs: training.epochs)]
    }
    return try SuccessiveHalving(
      firstEpochs: halving.integer("first") ?? 1,
      lastEpochs: training.epochs,
      factor: halving.integer("factor") ?? 3
    ).rounds(candidates: count)
  }

  /// How many epochs all trainings have together, where no candidate is left out.
  public var plannedEpochs: Int {
    var planned = compares ? training.epochs : 0
    var proposed = 0
    while proposed < candidates {
      let count = min(generation, candidates - proposed)
      var before = 0
      for round in (try? rounds(count)) ?? [] {
        planned += round.candidates * (round.epochs - before)
        before = round.epochs
      }
      proposed += count
    }
    return planned
  }

  /// The choices, each checked to be boosters.
  ///
  /// - Throws: ``ConfigError`` that names the line and what is wrong in it.
  public func space() throws(ConfigError) -> SearchSpace {
    var genes: [SearchSpace.Gene] = []
    for (index, text) in settings.texts("genes").enumerated() {
      let choices: [String]
      do throws(SearchError) {
        choices = try GeneText.choices(of: text)
      } catch {
        throw self.error(
          "genes",
          expected: error.expected,
          actual: "\(error.actual) in gene \(index + 1), \(error.place)"
        )
      }
      for choice in choices where !choice.isEmpty {
        do {
          _ = try BoosterCatalog.parse(choice)
        } catch let problem {
          throw error(
            "genes",
            expected: "boosters in gene \(index + 1)",
            actual: "\(choice): \(problem)"
          )
        }
      }
      genes.append(SearchSpace.Gene("gene \(index + 1)", choices))
    }
    do throws(SearchError) {
      return try SearchSpace(genes)
    } catch let problem {
      throw error("genes", expected: problem.expected, actual: problem.actual)
    }
  }

  private func error(_ key: String, expected: String, actual: String) -> ConfigError {
    ConfigError(
      file,
      line: settings.lines[key] ?? settings.line,
      expected: expected,
      actual: actual
    )
  }
}
