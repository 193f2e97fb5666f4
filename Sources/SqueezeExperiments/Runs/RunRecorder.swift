import Foundation
import SqueezeTrain

/// Writes what a training tells into the database and the event file.
///
/// What cannot be written does not stop the training; it is counted and told once.
final class RunRecorder {
  let name: String
  private let database: RunDatabase
  private let events: EventFile
  private var pending: [RunMetric] = []
  private var lastFlush = ContinuousClock.now
  /// How long metrics may wait in memory.
  private let patience: Duration
  /// The first thing that could not be written, if any.
  private(set) var problem: String?

  init(
    name: String,
    database: RunDatabase,
    events: EventFile,
    patience: Duration = .seconds(1)
  ) {
    self.name = name
    self.database = database
    self.events = events
    self.patience = patience
  }

  func observe(_ event: TrainingEvent) {
    switch event {
    case .started(let start):
      attempt { try database.forget(name, after: start.resumedAtStep) }
    case .step(let step):
      var values = [
        ("loss", step.loss), ("rate", step.rate), ("gradient_norm", step.gradientNorm),
        ("samples_per_second", step.samplesPerSecond),
      ]
      if let communication = step.communication {
        values += [
          ("compute_seconds", communication.computeSeconds),
          ("communication_seconds", communication.communicationSeconds),
          ("communication_wait_seconds", communication.waitSeconds),
          ("communication_bytes", Double(communication.bytesSent)),
        ]
      }
      add(
        values,
        group: "step",
        step: step.step,
        epoch: step.epoch
      )
      if ContinuousClock.now - lastFlush > patience { flush() }
    case .evaluated(let epoch):
      var values = [("train_loss", epoch.trainLoss), ("train_seconds", epoch.trainSeconds)]
      if let validation = epoch.validation {
        values.append(("test_loss", validation.loss))
        for (name, value) in RunMetrics.shown(validation.metrics) { values.append((name, value)) }
      }
      add(values, group: "epoch", step: epoch.step, epoch: epoch.epoch)
      flush()
    case .checkpoint, .warning: break
    case .finished: flush()
    }
  }

  /// Writes down what is still in memory.
  func flush() {
    lastFlush = .now
    let metrics = pending
    pending = []
    attempt { try database.add(metrics, to: name) }
    attempt { try events.flush() }
  }

  private func add(
    _ values: [(name: String, value: Double)],
    group: String,
    step: Int,
    epoch: Int
  ) {
    for (name, value) in values {
      pending.append(RunMetric(name, step: step, epoch: epoch, value: value))
    }
    events.add(values.map { ("\(group)/\($0.name)", $0.value) }, step: step)
  }

  private func attempt(_ work: () throws -> Void) {
    do { try work() } catch { problem = problem ?? "curves could not be written: \(error)" }
  }
}

extension TrainingEvent {
  /// The event with some of an evaluation's metrics only; all where no names are given.
  func showing(_ names: [String]) -> TrainingEvent {
    guard !names.isEmpty, case .evaluated(var epoch) = self else { return self }
    let metrics = epoch.metrics.filter { name, _ in
      names.contains(["top1_error", "pixel_error"].contains(name) ? "error" : name)
    }
    epoch.validation?.metrics = metrics
    return .evaluated(epoch)
  }
}

/// The names and units of metrics in runs.
public enum RunMetrics {
  /// An evaluation's metrics as runs keep them: errors in percent.
  public static func shown(_ metrics: [String: Double]) -> [(name: String, value: Double)] {
    metrics.sorted { $0.key < $1.key }.map { name, value in
      switch name {
      case "top1_error", "pixel_error": ("test_error", 100 * value)
      default: ("test_\(name)", value)
      }
    }
  }

  /// The error in percent, of classes or pixels; `nil` for real numbers.
  public static func errorPercent(_ metrics: [String: Double]) -> Double? {
    (metrics["top1_error"] ?? metrics["pixel_error"]).map { 100 * $0 }
  }
}
