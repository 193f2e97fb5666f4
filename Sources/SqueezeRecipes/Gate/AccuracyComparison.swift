import SqueezeMetrics

/// The accuracy of two models on the same samples.
public struct AccuracyComparison: Sendable, Hashable {
  public let before: SampleScores
  public let after: SampleScores

  /// Compares scores of the same samples in the same order.
  ///
  /// - Precondition: equally many scores.
  public init(before: SampleScores, after: SampleScores) {
    precondition(before.count == after.count, "\(before.count) scores against \(after.count)")
    self.before = before
    self.after = after
  }

  /// What was lost, as a fraction; negative where accuracy rose.
  public var drop: Double { before.mean - after.mean }
  /// What was gained: the opposite, and 0 rather than −0.
  public var gain: Double { after.mean - before.mean }

  /// The samples that only the model before got right, and those that only the one after did; for maps, where
  /// its share of right pixels is larger.
  public var discordant: (onlyBefore: Int, onlyAfter: Int) {
    let pairs = zip(before.values, after.values)
    return (pairs.count { $0 > $1 }, pairs.count { $0 < $1 })
  }

  /// The 95 % interval of the difference after − before over paired samples,
  /// `d ± 1.96 · s / √n`, `s` the deviation of the samples' differences.
  ///
  /// Pairing leaves out what both models get right or wrong together, so it is much narrower than the
  /// intervals of the two accuracies.
  public var differenceInterval: ClosedRange<Double> {
    let differences = zip(after.values, before.values).map { $0 - $1 }
    let count = Double(max(1, differences.count))
    let mean = differences.reduce(0, +) / count
    let squares = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let half = WilsonInterval.z95 * (squares / max(1, count - 1)).squareRoot() / count.squareRoot()
    return mean - half...mean + half
  }

  /// The 95 % interval of a mean score: Wilson's for classes, a normal one for shares of pixels.
  public static func interval(_ scores: SampleScores) -> ClosedRange<Double> {
    if scores.values.allSatisfy({ $0 == 0 || $0 == 1 }) {
      let wilson = WilsonInterval(
        successes: scores.values.count { $0 == 1 },
        trials: scores.count
      )
      return wilson.lower...wilson.upper
    }
    let count = Double(scores.count)
    let mean = scores.mean
    let squares = scores.values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let half = WilsonInterval.z95 * (squares / max(1, count - 1) / count).squareRoot()
    return max(0, mean - half)...min(1, mean + half)
  }
}
