import Synchronization

/// How far a plan has come and how long it will still take, from the pace so far.
///
/// A step counts one for itself and as much again for every tenth of an epoch, since training is what takes time.
final class Pace: Sendable {
  private let weights: [Double]
  /// When and where the first place was told: what was done before it, perhaps by an earlier run, says nothing of
  /// this run's pace.
  private let origin = Mutex<(time: ContinuousClock.Instant, done: Double)?>(nil)

  /// Begins a plan; `steps` are the epochs of its steps.
  init(steps: [Double]) { weights = steps.map { 1 + 10 * $0 } }

  /// The part of the plan that is done, in `0...1`, and the seconds left.
  ///
  /// - Parameters:
  ///   - step: the number of the step under way, from 1.
  ///   - share: the part of it that is done.
  /// - Returns: both; no seconds before anything is done.
  func place(step: Int, share: Double) -> (done: Double, secondsLeft: Double?) {
    let total = max(1, weights.reduce(0, +))
    let now = weights.prefix(step - 1).reduce(0, +) + weights[step - 1] * share
    let time = ContinuousClock.now
    let first = origin.withLock { origin in
      let first = origin ?? (time, now)
      origin = first
      return first
    }
    let seconds = (time - first.time).seconds
    let left = now > first.done ? seconds / (now - first.done) * (total - now) : nil
    return (now / total, left)
  }
}
