import SqueezeMetrics
import Testing

@Suite struct WilsonIntervalTests {
  // Newcombe, "Two-sided confidence intervals for the single proportion" (1998), Table I, method 3.
  @Test(
    "published intervals",
    arguments: [
      (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611),
      (1, 29, 0.0061, 0.1718),
    ]
  )
  func published(_ successes: Int, _ trials: Int, _ lower: Double, _ upper: Double) {
    let interval = WilsonInterval(successes: successes, trials: trials)
    #expect(abs(interval.lower - lower) < 5e-5)
    #expect(abs(interval.upper - upper) < 5e-5)
  }

  @Test func endsAreExact() {
    #expect(WilsonInterval(successes: 0, trials: 7).lower == 0)
    #expect(WilsonInterval(successes: 7, trials: 7).upper == 1)
    #expect(WilsonInterval(successes: 0, trials: 0).lower == 0)
    #expect(WilsonInterval(successes: 0, trials: 0).upper == 1)
  }

  /// The bounds are where `|p̂ − p| = z √(p (1 − p) / n)`.
  @Test func theBoundsSolveTheScoreEquation() {
    for (successes, trials) in [(1, 3), (446, 700), (999, 1000)] {
      let estimate = Double(successes) / Double(trials)
      let interval = WilsonInterval(successes: successes, trials: trials)
      for bound in [interval.lower, interval.upper] {
        let deviation = (bound * (1 - bound) / Double(trials)).squareRoot()
        #expect(abs(abs(estimate - bound) - WilsonInterval.z95 * deviation) < 1e-12)
      }
    }
  }
}
