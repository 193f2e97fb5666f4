import Foundation

/// Looks for the price of a bit at which a model meets its target.
///
/// With `x = ln λ` and `g(x) = ± ln (measured / target)`, positive while bits are too cheap, `g` falls. Its
/// zero is bracketed by steps that grow, then narrowed by the secant, kept away from the bracket's ends.
package struct BitPriceSearch {
  let target: PostTrainingCompression.Target
  /// How near to the target the bytes or the distortion have to come, as a part of it.
  let tolerance: Double
  /// The most candidates that are measured.
  package static let limit = 14

  /// Creates a search.
  package init(target: PostTrainingCompression.Target, tolerance: Double) {
    (self.target, self.tolerance) = (target, tolerance)
  }

  /// The value that is compared with the target.
  private var wanted: Double {
    switch target {
    case .bytes(let bytes): Double(bytes)
    case .distortion(let distortion): distortion
    }
  }

  private func excess(_ measured: Double) -> Double {
    let ratio = Foundation.log(max(measured, .leastNormalMagnitude) / max(wanted, 1e-30))
    if case .bytes = target { return ratio }
    return -ratio
  }

  private func isAdmissible(_ excess: Double) -> Bool {
    if case .bytes = target { return excess <= 0 }
    return excess >= 0
  }

  /// Seeks the price.
  ///
  /// - Parameters:
  ///   - first: where to begin.
  ///   - measure: the bytes or the distortion at a price; told which part of the candidates is used up.
  /// - Returns: the best price found that meets the target.
  /// - Throws: ``CalibrationError`` where no price meets the target, and what `measure` throws.
  package func price(
    startingAt first: Double,
    measure: (_ price: Double, _ attempt: Double) throws -> Double
  ) throws -> Double {
    var x = Foundation.log(first)
    var best: (x: Double, excess: Double)?
    var closest = (measured: Double.nan, excess: Double.infinity)
    var (low, high): ((x: Double, g: Double)?, (x: Double, g: Double)?)
    var (wasCheap, sameSide): (Bool?, Int) = (nil, 0)
    var slope = isBytes ? -0.15 : -1.0
    for attempt in 0..<Self.limit {
      let measured = try measure(exp(x), Double(attempt + 1) / Double(Self.limit))
      let g = excess(measured)
      if abs(g) < abs(closest.excess) { closest = (measured, g) }
      if isAdmissible(g), abs(g) < abs(best?.excess ?? .infinity) { best = (x, g) }
      if isAdmissible(g), abs(g) <= tolerance { break }
      sameSide = (g > 0) == wasCheap ? sameSide + 1 : 0
      wasCheap = g > 0
      if g > 0 { low = (x, g) } else { high = (x, g) }
      // A little to the admissible side.
      let aim = (isBytes ? -0.4 : 0.4) * tolerance
      if let low, let high {
        slope = (high.g - low.g) / (high.x - low.x)
        let width = high.x - low.x
        if width < 1e-6 { break }
        // The secant may come from one side again and again; then the middle ends that.
        x = sameSide > 1 ? (low.x + high.x) / 2 : low.x + (aim - low.g) / slope
        x = min(max(x, low.x + 0.05 * width), high.x - 0.05 * width)
      } else {
        // Steps grow as long as the zero is ahead: the slope is only a guess.
        let growth = pow(2, Double(sameSide))
        x += min(max((aim - g) / slope * growth, -4), 4)
      }
    }
    guard let best else {
      throw CalibrationError(
        "compression",
        expected: isBytes ? "at most \(Int(wanted)) bytes" : "a distortion of at most \(wanted)",
        actual: "\(closest.measured)"
      )
    }
    return exp(best.x)
  }

  private var isBytes: Bool {
    if case .bytes = target { return true }
    return false
  }
}
