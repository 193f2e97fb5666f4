/// How far a plan has come and how long it will still take, from the pace so far.
///
/// A step counts one for itself and as much again for every tenth of an epoch, since training is what takes time.
final class Pace: Sendable {
  private let weights: [Double]
  private let start = ContinuousClock.now
  private let before: Double

  /// Begins with `done` steps that an earlier run carried out; `steps` are their epochs.
  init(steps: [Double], done: Int) {
    weights = steps.map { 1 + 10 * $0 }
    before = weights.prefix(done).reduce(0, +)
  }

  /// The part of the plan that is done, in `0...1`, and the seconds left.
  ///
  /// - Parameters:
  ///   - step: the number of the step under way, from 1.
  ///   - share: the part of it that is done.
  /// - Returns: both; no seconds before anything is done.
  func place(step: Int, share: Double) -> (done: Double, secondsLeft: Double?) {
    let total = max(1, weights.reduce(0, +))
    let now = weights.prefix(step - 1).reduce(0, +) + weights[step - 1] * share
    let elapsed = (ContinuousClock.now - start).seconds
    let left = now > before ? elapsed / (now - before) * (total - now) : nil
    return (now / total, left)
  }
}
