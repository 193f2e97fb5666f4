import Foundation
public import SqueezeTensor

/// Learns for every weight whether to round it up or down, so that the layer's outputs change least.
///
/// Between the levels below and above, `w ≈ Δ (⌊w / Δ⌋ + h(v))` with the rectified sigmoid
/// `h(v) = clip(1.2 σ(v) − 0.1, 0, 1)`; gradient steps on `v` minimize
///
/// `e H eᵀ + ν Σ (1 − |2 h(v) − 1|^β)`,
///
/// the error of the outputs and a price for being undecided, whose `β` falls from 20 to 2. At the end each
/// `h` goes to 0 or 1. No row ends worse than by rounding to the nearest level.
///
/// Source: Nagel et al., "Up or Down? Adaptive Rounding for Post-Training Quantization" (2020), §3.2 and
/// §4; the quadratic form is that of its equation 16.
public struct LearnedRounding: Sendable {
  private let rounding: SecondOrderRounding
  /// The number of gradient steps.
  public var iterations = 80
  /// Adam's step size for `v`.
  public var learningRate: Float = 0.1

  /// Prepares a layer; see ``SecondOrderRounding``.
  public init(
    _ weight: Tensor,
    covariance: InputCovariance,
    isCentered: Bool,
    keepsZeros: Bool = false
  ) {
    rounding = SecondOrderRounding(
      weight,
      covariance: covariance,
      isCentered: isCentered,
      keepsZeros: keepsZeros
    )
  }

  package init(_ rounding: SecondOrderRounding) { self.rounding = rounding }

  /// Rounds.
  ///
  /// - Parameters:
  ///   - steps: the distance of two levels, positive: one, or one per row.
  ///   - levels: the levels there are.
  /// - Returns: the levels and their error.
  public func rounded(
    steps: [Float],
    levels: ClosedRange<Int32> = SecondOrderRounding.allLevels
  ) -> SecondOrderRounding.Result {
    rounding.forEachRow(steps: steps, levels: levels) { row, _ in
      let learned = learn(row)
      let nearest = row.nearest
      return row.error(of: nearest) < row.error(of: learned) ? nearest : learned
    }
  }

  /// The integers of one row.
  private func learn(_ row: RowRounding) -> [Int32] {
    let count = row.weights.count
    let values = row.weights.map { $0 / row.step }
    let low = values.map { $0.rounded(.down) }
    // Costs in units of what a typical weight's error by one step costs.
    let unit = row.factor.curvatures.reduce(0, +) / Double(max(1, count))
    guard unit > 0 else { return row.nearest }
    var v = zip(values, low).map { Self.variable(for: $0 - $1) }
    var (means, squares) = (
      [Float](repeating: 0, count: count), [Float](repeating: 0, count: count)
    )
    var h = v.map(Self.h)
    for iteration in 0..<iterations {
      let progress = Float(iteration) / Float(iterations)
      let beta = Self.annealed(progress)
      // Adam, with the usual 0.9 and 0.999.
      let meanBias = 1 - pow(0.9, Float(iteration + 1))
      let squareBias = 1 - pow(0.999, Float(iteration + 1))
      let slopes = row.factor.product(with: (0..<count).map { values[$0] - low[$0] - h[$0] })
      for i in 0..<count where h[i] > 0 && h[i] < 1 {
        var slope = -2 * slopes[i] / Float(unit)
        if progress >= Self.warmUp {
          let undecided = 2 * h[i] - 1
          let power = pow(abs(undecided), beta - 1)
          slope -= Self.price * 2 * beta * (undecided < 0 ? -power : power)
        }
        let sigmoid = (h[i] + Self.margin) / Self.stretch
        slope *= Self.stretch * sigmoid * (1 - sigmoid)
        means[i] += 0.1 * (slope - means[i])
        squares[i] += 0.001 * (slope * slope - squares[i])
        v[i] -=
          learningRate * means[i] / meanBias / ((squares[i] / squareBias).squareRoot() + 1e-8)
        // Where the sigmoid is rectified, nothing moves it any more.
        h[i] = Self.h(v[i])
      }
    }
    return (0..<count).map { i in
      let level = SecondOrderRounding.nearest(low[i]) + (h[i] >= 0.5 ? 1 : 0)
      return min(max(level, row.levels.lowerBound), row.levels.upperBound)
    }
  }

  // MARK: The rectified sigmoid

  /// The sigmoid covers −0.1 … 1.1.
  private static let stretch: Float = 1.2
  private static let margin: Float = 0.1
  /// The part of the steps without a price for being undecided.
  private static let warmUp: Float = 0.2
  /// `ν`, in units of a typical weight's error by one step.
  private static let price: Float = 0.02

  private static func h(_ v: Float) -> Float {
    min(max(stretch / (1 + exp(-v)) - margin, 0), 1)
  }

  /// The `v` of some `h` of 0 … 1.
  private static func variable(for h: Float) -> Float {
    let sigmoid = (min(max(h, 0.001), 0.999) + margin) / stretch
    return log(sigmoid / (1 - sigmoid))
  }

  /// `β` after a part of the steps.
  private static func annealed(_ progress: Float) -> Float {
    let part = max(0, progress - warmUp) / (1 - warmUp)
    return 2 + 9 * (1 + cos(.pi * part))
  }
}
