import Foundation
import Squeeze
import Synchronization

/// Shows how a search goes: a line for every candidate and every epoch, with the time that is left.
final class SearchProgress: Sendable {
  /// How far each training has come.
  private struct Epochs {
    private var known: [Int: Int] = [:]
    private var before = 0
    private var start = ContinuousClock.now

    /// What was trained in an earlier session, which tells nothing about the pace.
    mutating func start(with candidates: [SearchState.Candidate]) {
      for candidate in candidates { note(candidate.epochs, of: candidate.number) }
      (before, start) = (done, .now)
    }

    mutating func note(_ epochs: Int, of number: Int) {
      known[number] = max(known[number] ?? 0, epochs)
    }

    var done: Int { known.values.reduce(0, +) }

    /// The seconds that are left if all epochs take as long as those of this session.
    func left(of planned: Int) -> Double? {
      guard done > before else { return nil }
      return (ContinuousClock.now - start).inSeconds / Double(done - before)
        * Double(max(0, planned - done))
    }
  }

  private let config: SearchConfig
  private let epochs = Mutex(Epochs())

  init(_ config: SearchConfig) { self.config = config }

  func show(_ event: SearchSession.Event) {
    switch event {
    case .started(let state):
      epochs.withLock { $0.start(with: state.candidates + (state.reference.map { [$0] } ?? [])) }
      let tried = state.candidates.count
      if tried > 0 { Console.note("goes on after \(tried) of \(config.candidates) candidates") }
    case .proposed(let candidate):
      let what = candidate.boosters.isEmpty ? "the network as it is" : candidate.boosters
      let costs = [
        candidate.parameters.map { "\(Units.grouped($0)) parameters" },
        candidate.macs.map { "\(Units.count($0)) MACs" }, candidate.remark,
      ].compactMap { $0 }
      Console.note("\(candidate.run)  \(what)  \(costs.joined(separator: ", "))")
    case .epoch(let candidate, let epoch, let accuracy):
      let (done, left) = epochs.withLock {
        $0.note(epoch, of: candidate.number)
        return ($0.done, $0.left(of: config.plannedEpochs))
      }
      var line = "\(candidate.run)  epoch \(epoch)/\(config.training.epochs)"
      if let accuracy { line += "  \(Units.percent(accuracy / 100)) right" }
      line += "  \(done)/\(config.plannedEpochs) epochs"
      if let left, left > 0 { line += "  ETA \(Units.seconds(left))" }
      Console.note(line)
    case .trained(let candidate):
      // What an earlier session has trained had its lines there.
      epochs.withLock { $0.note(candidate.epochs, of: candidate.number) }
    case .progress(let done, let total): Console.note("\(done) of \(total) candidates")
    }
  }
}
