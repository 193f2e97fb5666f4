import Foundation
import Squeeze

/// Shows how a training goes: a bar on a terminal, a line for every epoch everywhere.
final class TrainingProgress {
  private var bar: ProgressBar?
  private var totalEpochs = 0
  private var totalSteps = 0
  private var lastError: Double?

  func show(_ event: TrainingEvent) {
    switch event {
    case .started(let start):
      (totalEpochs, totalSteps) = (start.epochs, start.totalSteps)
      bar = ProgressBar("train", from: start.resumedAtStep)
      if start.resumedAtStep > 0 {
        Console.note("goes on after step \(start.resumedAtStep) of \(start.totalSteps)")
      }
    case .step(let step):
      guard Console.isTerminal else { return }
      var remark = "\(Units.rounded(step.samplesPerSecond)) samples/s  "
      remark += "loss \(String(format: "%.4f", step.loss))"
      if let lastError { remark += "  error \(Units.percent(lastError / 100))" }
      bar?.show(step.step, of: totalSteps, remark)
    case .evaluated(let epoch):
      lastError = RunMetrics.errorPercent(epoch.metrics) ?? lastError
      if Console.isTerminal { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
      Console.note(line(epoch))
    case .warning(let text): Console.note("warning: \(text)")
    case .checkpoint, .finished: break
    }
  }

  private func line(_ epoch: EpochReport) -> String {
    var parts = [
      "epoch \(epoch.epoch)/\(totalEpochs)", "loss \(String(format: "%.4f", epoch.trainLoss))",
    ]
    if let evaluation = epoch.validation {
      parts.append("test loss \(String(format: "%.4f", evaluation.loss))")
      for (name, value) in RunMetrics.shown(evaluation.metrics) {
        let name = name.replacing("test_", with: "").replacing("_", with: " ")
        parts.append(
          name == "error"
            ? "error \(Units.percent(value / 100))" : "\(name) \(String(format: "%.4f", value))"
        )
      }
    }
    parts.append(Units.seconds(epoch.trainSeconds))
    return parts.joined(separator: "  ") + (epoch.isBest ? "  best" : "")
  }
}
