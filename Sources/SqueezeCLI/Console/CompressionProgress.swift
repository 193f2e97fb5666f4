import Foundation
import Squeeze

/// Shows a plan and how far it has come: a bar with the time left on a terminal, a line per step elsewhere.
final class CompressionProgress {
  private var lastDrawn: ContinuousClock.Instant?
  private var lastPercent = -10.0
  private var step = ""

  func show(_ event: RecipeEvent) {
    switch event {
    case .plan(let steps, let done):
      Console.note("plan")
      for (index, summary) in steps.enumerated() {
        Console.note("  \(index < done ? "✓" : " ") \(index + 1). \(summary)")
      }
      Console.note("    \(steps.count + 1). gate")
    case .began(let number, let count, let summary):
      step = "step \(number)/\(count)"
      clear()
      Console.note("\(step): \(summary)")
    case .progress(let done, let left, let remark): draw(done, left, remark)
    case .finished(let record):
      clear()
      guard !record.isSkipped else { return }
      Console.note(
        "  \(Units.grouped(record.bytes)) B, sparsity \(Units.percent(record.sparsity)), accuracy "
          + "\(Units.percent(record.accuracy)), \(Units.seconds(record.seconds))"
      )
    case .skipped(let number, let reason): Console.note("step \(number) left out: \(reason)")
    case .note(let text): Console.note(text)
    }
  }

  private func draw(_ done: Double, _ left: Double?, _ remark: String) {
    let time = left.map { "ETA \(Units.seconds($0))" } ?? ""
    guard Console.isTerminal else {
      guard 100 * done >= lastPercent + 5 else { return }
      lastPercent = 100 * done
      return Console.note("  \(step), \(Int(100 * done)) % of the plan  \(time)  \(remark)")
    }
    let now = ContinuousClock.now
    if let lastDrawn, (now - lastDrawn).inSeconds < 0.1 { return }
    lastDrawn = now
    let filled = min(24, max(0, Int(24 * done)))
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
    let line = "\r\u{1B}[K\(step) \(bar) \(Int(100 * done)) %  \(time)  \(remark)"
    FileHandle.standardError.write(Data(line.utf8))
  }

  private func clear() {
    if Console.isTerminal { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
  }
}
