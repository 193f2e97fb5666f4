/// The range of success probabilities that agree with a count of successes.
///
/// `(p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n)` with `p = successes / n`; by default `z`
/// is that of 95 % confidence.
///
/// Source: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference" (1927).
public struct WilsonInterval: Sendable, Hashable, Codable {
  public let lower: Double
  public let upper: Double

  /// The 0.975 quantile of the normal distribution.
  public static let z95 = 1.959963984540054

  /// The interval for `successes` of `trials`; 0…1 where there were no trials.
  ///
  /// - Precondition: `successes` is in `0...trials`.
  public init(successes: Int, trials: Int, z: Double = z95) {
    precondition((0...max(trials, 0)).contains(successes), "\(successes) of \(trials) successes")
    guard trials > 0 else {
      (lower, upper) = (0, 1)
      return
    }
    let n = Double(trials)
    let p = Double(successes) / n
    let centre = p + z * z / (2 * n)
    let half = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    let scale = 1 + z * z / n
    // At the ends the exact bound is 0 or 1, which rounding would miss.
    lower = successes == 0 ? 0 : max((centre - half) / scale, 0)
    upper = successes == trials ? 1 : min((centre + half) / scale, 1)
  }
}
