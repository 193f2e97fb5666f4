/// The receiver operating characteristic: how many positives are found for how many false alarms
/// as the threshold on a score falls.
///
/// Source: Fawcett, "An introduction to ROC analysis" (2006).
public struct ROC: Sendable, Hashable {
  /// What a threshold gives: samples with `score ≥ threshold` count as positive.
  public struct Point: Sendable, Hashable {
    public var threshold: Float
    /// The fraction of positives found (recall).
    public var sensitivity: Double
    /// The fraction of negatives taken for positives, `1 − specificity`.
    public var falsePositiveRate: Double
  }

  /// From (0, 0) at an infinite threshold to (1, 1), one point per different score.
  public let points: [Point]
  /// The area under the curve: the probability that a positive scores higher than a negative,
  /// ties counting half (Mann and Whitney's U over the number of pairs).
  public let auc: Double

  /// Creates the curve; throws unless there are positives, negatives and no NaN.
  public init(scores: [Float], positives: [Bool]) throws(MetricError) {
    try MetricError.check("ROC", scores.count, matches: positives.count)
    let positiveCount = positives.count { $0 }
    let negativeCount = positives.count - positiveCount
    guard positiveCount > 0, negativeCount > 0, !scores.contains(where: \.isNaN) else {
      throw MetricError(
        "ROC",
        expected: "positives, negatives and scores that are numbers",
        actual: "\(positiveCount) positives, \(negativeCount) negatives"
          + (scores.contains(where: \.isNaN) ? ", a score that is not a number" : "")
      )
    }
    let order = scores.indices.sorted { scores[$0] > scores[$1] }
    var points = [Point(threshold: .infinity, sensitivity: 0, falsePositiveRate: 0)]
    var (found, alarms) = (0, 0)
    var doubledPairs = 0  // twice U, so that ties stay whole
    var at = 0
    while at < order.count {
      let threshold = scores[order[at]]
      let (foundBefore, alarmsBefore) = (found, alarms)
      while at < order.count, scores[order[at]] == threshold {
        if positives[order[at]] { found += 1 } else { alarms += 1 }
        at += 1
      }
      doubledPairs += (alarms - alarmsBefore) * (found + foundBefore)
      points.append(
        Point(
          threshold: threshold,
          sensitivity: Double(found) / Double(positiveCount),
          falsePositiveRate: Double(alarms) / Double(negativeCount)
        )
      )
    }
    self.points = points
    auc = Double(doubledPairs) / (2 * Double(positiveCount) * Double(negativeCount))
  }
}
