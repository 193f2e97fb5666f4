import SqueezeMetrics
import SqueezeTensor
import Testing

@Suite struct ROCTests {
  // The example of scikit-learn's roc_curve and roc_auc_score: AUC 0.75.
  @Test func theCurveOfAKnownExample() throws {
    let roc = try ROC(scores: [0.1, 0.4, 0.35, 0.8], positives: [false, false, true, true])
    #expect(roc.auc == 0.75)
    #expect(roc.points.map(\.threshold) == [.infinity, 0.8, 0.4, 0.35, 0.1])
    #expect(roc.points.map(\.sensitivity) == [0, 0.5, 0.5, 1, 1])
    #expect(roc.points.map(\.falsePositiveRate) == [0, 0, 0.5, 0.5, 1])
  }

  @Test func extremes() throws {
    #expect(try ROC(scores: [1, 2, 3], positives: [false, true, true]).auc == 1)
    #expect(try ROC(scores: [1, 2, 3], positives: [true, false, false]).auc == 0)
    let tied = try ROC(scores: [5, 5, 5], positives: [true, false, true])
    #expect(tied.auc == 0.5)
    #expect(tied.points.count == 2)
    #expect(try ROC(scores: [-.infinity, .infinity], positives: [false, true]).auc == 1)
  }

  /// The area equals both the trapezoids under the points and the definition over all pairs.
  @Test("area, trapezoids and pairs agree", arguments: 0..<20)
  func area(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let positives = [true, false] + (0..<40).map { _ in Bool.random(using: &generator) }
    let scores = positives.map { positive in
      Float(Int.random(in: 0..<8, using: &generator) + (positive ? 2 : 0))
    }
    let roc = try ROC(scores: scores, positives: positives)
    let trapezoids = zip(roc.points, roc.points.dropFirst()).reduce(0.0) { sum, pair in
      let width = pair.1.falsePositiveRate - pair.0.falsePositiveRate
      return sum + width * (pair.0.sensitivity + pair.1.sensitivity) / 2
    }
    var (wins, pairs) = (0.0, 0.0)
    for (a, isPositive) in zip(scores, positives) where isPositive {
      for (b, isPositive) in zip(scores, positives) where !isPositive {
        wins += a > b ? 1 : a == b ? 0.5 : 0
        pairs += 1
      }
    }
    #expect(abs(roc.auc - trapezoids) < 1e-12)
    #expect(abs(roc.auc - wins / pairs) < 1e-12)
  }

  @Test func oneSidedTruthsHaveNoCurve() {
    #expect(throws: MetricError.self) { try ROC(scores: [1, 2], positives: [true, true]) }
    #expect(throws: MetricError.self) { try ROC(scores: [1, 2], positives: [false, false]) }
    #expect(throws: MetricError.self) { try ROC(scores: [.nan, 2], positives: [true, false]) }
    #expect(throws: MetricError.self) { try ROC(scores: [1], positives: [true, false]) }
  }
}
