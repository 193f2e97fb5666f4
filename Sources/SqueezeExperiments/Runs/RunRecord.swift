public import Foundation

/// What is remembered of a run.
public struct RunRecord: Sendable, Hashable, Codable {
  /// Where a run is.
  public enum State: String, Sendable, Hashable, Codable, CaseIterable {
    case running, finished, stopped, failed
    /// It says running, but its process is gone.
    case killed
  }

  /// The name of its folder, unique in its database.
  public var name: String
  /// What the config calls it.
  public var experiment: String
  /// The resolved config.
  public var config: String
  /// SHA-256 over config, code version and data: equal for runs that do the same.
  public var identity: String
  /// The version of Squeeze.
  public var version: String
  /// A hash of the data; see ``DataFingerprint``.
  public var data: String
  /// Processor and host.
  public var machine: String
  public var threads: Int
  public var seed: UInt64
  public var state: State
  /// Why it stopped or failed.
  public var reason: String?
  public var started: Date
  public var ended: Date?
  /// The process that trains, while it runs.
  public var process: Int?
  public var epochs: Int?
  public var steps: Int?
  public var seconds: Double?
  public var samplesPerSecond: Double?
  /// In percent; `nil` where the data has no classes.
  public var testError: Double?
  public var testLoss: Double?
  /// The least error of any epoch, in percent.
  public var bestTestError: Double?
  public var weightsHash: String?

  /// Creates the record of a run that begins.
  public init(
    name: String,
    experiment: String,
    config: String,
    identity: String,
    version: String,
    data: String,
    machine: String,
    threads: Int,
    seed: UInt64,
    started: Date,
    process: Int?
  ) {
    self.name = name
    self.experiment = experiment
    self.config = config
    self.identity = identity
    self.version = version
    self.data = data
    self.machine = machine
    self.threads = threads
    self.seed = seed
    self.started = started
    self.process = process
    state = .running
  }
}

/// A number of a run at a step.
public struct RunMetric: Sendable, Hashable, Codable {
  /// Such as `loss`, `rate` or `test_error`.
  public var name: String
  public var step: Int
  public var epoch: Int
  public var value: Double

  /// Creates a metric.
  public init(_ name: String, step: Int, epoch: Int, value: Double) {
    self.name = name
    self.step = step
    self.epoch = epoch
    self.value = value
  }
}

/// A file that a run made.
public struct RunArtefact: Sendable, Hashable, Codable {
  /// Below the run's folder.
  public var path: String
  /// What it is, such as `model` or `report`.
  public var kind: String
  public var bytes: Int

  /// Creates an entry.
  public init(path: String, kind: String, bytes: Int) {
    self.path = path
    self.kind = kind
    self.bytes = bytes
  }
}

/// Something wrong with a run folder or its database.
public struct RunError: Error, Sendable, Hashable, CustomStringConvertible {
  public var place: String
  public var expected: String
  public var actual: String

  /// Creates an error that says what was expected and what came.
  public init(_ place: String, expected: String, actual: String) {
    self.place = place
    self.expected = expected
    self.actual = actual
  }

  public var description: String { "\(place): expected \(expected), got \(actual)" }
}
