import ArgumentParser
import Foundation
import Squeeze

/// `squeeze runs`: what was trained.
struct Runs: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "List, show, compare and plot trainings.",
    discussion: """
      A run is named by its folder's name, or by a beginning of it that only one has. Errors are in \
      percent.

      EXAMPLES
        squeeze runs
        squeeze runs show lenet-5-mnist-20260101-120000
        squeeze runs compare lenet-300 lenet-5
        squeeze runs plot lenet-300 lenet-5 --metric test_error -o curves.svg
      """,
    subcommands: [List.self, Show.self, Compare.self, Plot.self],
    defaultSubcommand: List.self
  )

  /// `--runs`, the folder that all of these read.
  struct FolderOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The folder of runs.", valueName: "folder"))
    var runs = "runs"

    /// The database of the folder.
    func database() throws -> RunDatabase {
      let folder = URL(fileURLWithPath: runs)
      guard RunDatabase.exists(in: folder) else {
        throw RunError(runs, expected: "a folder with \(RunDatabase.fileName)", actual: "none")
      }
      return try RunDatabase(folder: folder)
    }
  }

  /// A number as a cell; nothing where there is none.
  static func cell(_ value: Double?, _ format: String = "%.4g") -> String {
    value.map { String(format: format, $0) } ?? ""
  }

  /// A time as people read it, in the local zone.
  static func time(_ date: Date) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.dateFormat = "yyyy-MM-dd HH:mm"
    return formatter.string(from: date)
  }
}

/// A run under stable keys.
struct RunFacts: Encodable {
  var name: String
  var experiment: String
  var state: String
  var reason: String?
  var started: Double
  var ended: Double?
  var seed: UInt64
  var threads: Int
  var machine: String
  var version: String
  var identity: String
  var data_sha256: String
  var epochs: Int?
  var steps: Int?
  var seconds: Double?
  var samples_per_second: Double?
  var test_error: Double?
  var test_loss: Double?
  var best_test_error: Double?
  var weights_sha256: String?

  init(_ run: RunRecord) {
    (name, experiment, state, reason) = (run.name, run.experiment, run.state.rawValue, run.reason)
    started = run.started.timeIntervalSince1970
    ended = run.ended?.timeIntervalSince1970
    (seed, threads, machine, version) = (run.seed, run.threads, run.machine, run.version)
    (identity, data_sha256) = (run.identity, run.data)
    (epochs, steps, seconds) = (run.epochs, run.steps, run.seconds)
    samples_per_second = run.samplesPerSecond
    (test_error, test_loss, best_test_error) = (run.testError, run.testLoss, run.bestTestError)
    weights_sha256 = run.weightsHash
  }
}
