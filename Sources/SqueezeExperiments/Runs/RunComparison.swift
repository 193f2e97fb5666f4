import Foundation
public import SqueezeReport

/// Runs beside each other.
public struct RunComparison: Sendable {
  /// A key of the config that is not the same in all runs.
  public struct Difference: Sendable, Hashable, Encodable {
    /// The key with those around it, such as `optimizer.rate`.
    public var key: String
    /// Each run's value; `nil` where a run does not have the key.
    public var values: [String?]
  }

  public let runs: [RunRecord]

  /// Compares runs.
  public init(_ runs: [RunRecord]) { self.runs = runs }

  /// Whether config, code and data are the same.
  public var haveSameIdentity: Bool { Set(runs.map(\.identity)).count == 1 }

  /// Whether all ended with the same weights.
  public var haveSameWeights: Bool {
    let hashes = runs.compactMap(\.weightsHash)
    return hashes.count == runs.count && Set(hashes).count == 1
  }

  /// The keys that differ, in alphabetical order.
  public var differences: [Difference] {
    let configs = runs.map { run in
      (try? ExperimentConfig(run.config, file: run.name, folder: URL(fileURLWithPath: "/")))
        .map { $0.settings.flattened } ?? [:]
    }
    let keys = Set(configs.flatMap(\.keys)).sorted()
    return keys.compactMap { key in
      let values = configs.map { $0[key] }
      return Set(values).count > 1 ? Difference(key: key, values: values) : nil
    }
  }

  /// The results, one column per run.
  public var table: Table {
    func number(_ value: Double?, _ format: String) -> String {
      value.map { String(format: format, $0) } ?? ""
    }
    let rows: [(String, (RunRecord) -> String)] = [
      ("state", { $0.state.rawValue }),
      ("seed", { "\($0.seed)" }),
      ("epochs", { $0.epochs.map { "\($0)" } ?? "" }),
      ("steps", { $0.steps.map { "\($0)" } ?? "" }),
      ("test error %", { number($0.testError, "%.2f") }),
      ("least test error %", { number($0.bestTestError, "%.2f") }),
      ("test loss", { number($0.testLoss, "%.4f") }),
      ("time", { $0.seconds.map(Units.seconds) ?? "" }),
      ("samples/s", { $0.samplesPerSecond.map(Units.rounded) ?? "" }),
      ("machine", { $0.machine }),
      ("threads", { "\($0.threads)" }),
      ("identity", { String($0.identity.prefix(12)) }),
      ("weights", { String(($0.weightsHash ?? "").prefix(12)) }),
    ]
    return Table(
      [.init("")] + runs.map { .init($0.name) },
      rows: rows.map { name, value in [name] + runs.map(value) }
    )
  }
}

extension Settings {
  /// Every simple value by its keys joined with points.
  var flattened: [String: String] {
    var flat: [String: String] = [:]
    func visit(_ value: ConfigValue, _ path: String) {
      switch value {
      case .settings(let settings):
        if let variant = settings.variant { flat[path] = variant }
        for (key, value) in settings.values { visit(value, path.isEmpty ? key : "\(path).\(key)") }
      case .list(let values):
        let hasSettings = values.contains { if case .settings = $0 { true } else { false } }
        guard hasSettings else {
          flat[path] = value.plain
          return
        }
        for (index, value) in values.enumerated() { visit(value, "\(path).\(index + 1)") }
      default: flat[path] = value.plain
      }
    }
    visit(.settings(self), "")
    return flat
  }
}
