import Foundation
package import SqueezeParameters
package import SqueezeTensor

/// Rounds one layer at a given price of a bit: step, levels and bias follow from it.
///
/// With `λ` the distortion of the model that one bit may cost, and `α` the distortion of the model per
/// mean square error of the layer's outputs, small steps are best at `Δ² = 6 λ / (α c ln 2)`, where `c` is
/// the mean curvature of the weights: there one bit more on every weight would lower the distortion,
/// `α c Δ² / 12` each, at the rate `2 ln 2` times itself. The levels then minimize
/// `α e H eᵀ + λ · bits`.
///
/// Source: Gish and Pierce, "Asymptotically Efficient Quantizing" (1968), for the step; Wiedemann et al.,
/// "DeepCABAC" (2020), §III, for the choice of levels by rate and distortion.
struct RateDistortionRounding: Sendable {
  /// The weights to round and what their errors cost.
  var rounding: SecondOrderRounding
  /// `α`: the model's distortion per mean square error of the layer's outputs, summed over rows.
  var sensitivity: Double
  /// How often the prices of levels are taken anew from the levels chosen.
  var passes = 2

  /// A layer rounded at some price.
  struct Result: Sendable {
    var step: Float
    var integers: [Int32]
    /// The mean square error of the layer's outputs, summed over rows.
    var error: Double
  }

  /// The best small step for a curvature.
  static func step(bitPrice: Double, sensitivity: Double, curvature: Double) -> Float {
    let square = 6 * bitPrice / (sensitivity * curvature * log(2))
    return square.isFinite ? Float(square.squareRoot()) : .infinity
  }

  /// The step that suits the price `λ` of a bit.
  func step(bitPrice: Double) -> Float {
    let wanted = Self.step(
      bitPrice: bitPrice,
      sensitivity: sensitivity,
      curvature: rounding.meanCurvature
    )
    return UniformGrid.admissible(wanted, for: rounding.weight)
  }

  /// Rounds at the price `λ` of a bit; another step may be given.
  func rounded(bitPrice: Double, step given: Float? = nil) -> Result {
    let step = given ?? step(bitPrice: bitPrice)
    let bitWeight = sensitivity > 0 ? bitPrice / sensitivity : 0
    var result = rounding.nearest(steps: [step])
    for _ in 0..<passes {
      result = rounding.rounded(
        steps: [step],
        bitWeight: bitWeight,
        costs: LevelCosts(result.integers)
      )
    }
    return Result(step: step, integers: result.integers, error: result.error)
  }
}

/// The grid of a tensor that came from a step.
package enum UniformGrid {
  /// The largest magnitude of a level.
  static let largest: Float = 32_000

  /// A step within which no value has more than ``largest`` levels and not all are 0.
  static func admissible(_ step: Float, for values: [Float]) -> Float {
    let peak = values.reduce(0) { max($0, abs($1)) }
    guard peak > 0, peak.isFinite else { return 1 }
    return min(max(step, peak / largest, .leastNormalMagnitude), peak)
  }

  /// Integers with one scale, in 8 bits where they fit, else in 16.
  package static func encoding(_ shape: Shape, _ integers: [Int32], step: Float) -> UniformInteger {
    UniformInteger(
      shape: shape,
      integers: integers,
      scales: [step],
      zeroPoints: [0],
      bits: integers.allSatisfy { (-128...127).contains($0) } ? 8 : 16
    )
  }
}
