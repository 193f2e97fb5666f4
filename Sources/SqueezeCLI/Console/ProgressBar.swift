import Foundation
import Squeeze

/// A bar with an estimate of the time left on a terminal, a line per tenth elsewhere.
struct ProgressBar {
  private let title: String
  private let start = ContinuousClock.now
  private var lastDrawn: ContinuousClock.Instant?
  private var lastTenth = 0
  private let first: Int

  /// Starts a bar; `first` counts what was done before and tells nothing about the pace.
  init(_ title: String, from first: Int = 0) {
    self.title = title
    self.first = first
  }

  /// Shows how far the work has come.
  mutating func show(_ done: Int, of total: Int, _ remark: String = "") {
    guard total > 0 else { return }
    let now = ContinuousClock.now
    let elapsed = (now - start).inSeconds
    let left = done > first ? elapsed / Double(done - first) * Double(total - done) : 0
    let counts = "\(done)/\(total)"
    guard Console.isTerminal else {
      let tenth = done * 10 / total
      if tenth > lastTenth {
        lastTenth = tenth
        Console.note("\(title) \(counts) \(remark)")
      }
      return
    }
    if let lastDrawn, (now - lastDrawn).inSeconds < 0.1, done < total { return }
    lastDrawn = now
    let width = 24
    let filled = width * done / total
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    let time = done < total ? "ETA \(Units.seconds(left))" : Units.seconds(elapsed)
    let line = "\r\u{1B}[K\(title) \(bar) \(counts)  \(time)  \(remark)"
    FileHandle.standardError.write(Data((line + (done < total ? "" : "\n")).utf8))
  }
}
