import SqueezeRecipes
import Testing

@Suite struct AccuracyComparisonTests {
  @Test func pairsSamples() {
    // Both right in 6, only before in 2, only after in 1, both wrong in 1.
    let before = SampleScores([1, 1, 1, 1, 1, 1, 1, 1, 0, 0])
    let after = SampleScores([1, 1, 1, 1, 1, 1, 0, 0, 1, 0])
    let comparison = AccuracyComparison(before: before, after: after)
    #expect(abs(comparison.drop - 0.1) < 1e-12)
    #expect(comparison.discordant == (2, 1))
    // Differences: −1 twice, +1 once, 0 seven times: mean −0.1, s² = (3 − 10 · 0.01) / 9.
    let half = 1.959963984540054 * (2.9 / 9 / 10).squareRoot()
    #expect(abs(comparison.differenceInterval.lowerBound + 0.1 + half) < 1e-12)
    #expect(abs(comparison.differenceInterval.upperBound + 0.1 - half) < 1e-12)
  }

  @Test func sameScoresDifferByNothing() {
    let scores = SampleScores([1, 0, 1])
    let comparison = AccuracyComparison(before: scores, after: scores)
    #expect(comparison.drop == 0)
    #expect(comparison.differenceInterval == 0...0)
  }

  @Test("shares of pixels get a normal interval, classes Wilson's")
  func choosesIntervals() {
    let shares = AccuracyComparison.interval(SampleScores([0.5, 0.7, 0.9, 0.7]))
    #expect(abs((shares.lowerBound + shares.upperBound) / 2 - 0.7) < 1e-9)
    let classes = AccuracyComparison.interval(SampleScores([1, 1, 1, 1]))
    #expect(classes.upperBound == 1 && classes.lowerBound > 0.5)
  }
}
