import Foundation

/// `eˣ` in single precision, for `x ≤ 88` within 2 units in the last place, 0 below -87, NaN for NaN.
///
/// Without branches, so that loops over it use vector instructions: `eˣ = 2ⁿ · eʳ` with `|r| ≤ ln 2 / 2`
/// and `eʳ` by its Taylor polynomial of degree 7.
@inline(__always)
func fastExponential(_ x: Float) -> Float {
  let bounded = min(max(x, -87), 88)
  // Adding 1.5 · 2²³ rounds to a whole number, which then stands in the lowest bits.
  let shifted = bounded * 1.442_695_04 + 12_582_912
  let whole = shifted - 12_582_912
  // ln 2 in two parts, the first of few bits, so that the product is exact.
  let r = (bounded - whole * 0.693_359_375) + whole * 2.121_944_4e-4
  var power: Float = 1.984_127e-4
  power = power * r + 1.388_889e-3
  power = power * r + 8.333_333e-3
  power = power * r + 4.166_666_6e-2
  power = power * r + 1.666_666_7e-1
  power = power * r + 0.5
  power = power * r + 1
  power = power * r + 1
  let scale = Float(bitPattern: (shifted.bitPattern &+ 127) &<< 23)
  // x − x keeps NaN, which `min` and `max` may lose.
  return x < -87 ? 0 : power * scale + (x - x)
}

/// The three functions of a score that losses on sigmoid probabilities need.
///
/// Without branches, from one exponential: with `u = e^(−|x|)`, `log(1 + u) = 2 artanh(u / (2 + u))` by its
/// series up to the 15th power, which is exact to rounding for `u ≤ 1`.
struct Logistic {
  /// `1 / (1 + e⁻ˣ)`.
  let probability: Float
  /// `1 / (1 + eˣ)`, exact where the other is near 1.
  let complement: Float
  /// `log(1 + eˣ)`, the cost where the answer is no.
  let costIfNo: Float
  /// `log(1 + e⁻ˣ)`, the cost where the answer is yes.
  let costIfYes: Float

  @inline(__always)
  init(_ x: Float) {
    let u = fastExponential(-abs(x))
    let ratio = 1 / (1 + u)
    let small = u * ratio
    probability = x >= 0 ? ratio : small
    complement = x >= 0 ? small : ratio
    let s = u / (2 + u)
    let q = s * s
    var series: Float = 1.0 / 15
    series = series * q + 1.0 / 13
    series = series * q + 1.0 / 11
    series = series * q + 1.0 / 9
    series = series * q + 1.0 / 7
    series = series * q + 1.0 / 5
    series = series * q + 1.0 / 3
    series = series * q + 1
    let rest = 2 * s * series
    costIfNo = max(x, 0) + rest
    costIfYes = max(-x, 0) + rest
  }
}

/// Writes `1 / (1 + e⁻ˣ)` of some scores.
func sigmoid(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int) {
  for i in 0..<count { y[i] = Logistic(x[i]).probability }
}

extension ScoreLayout {
  /// Probabilities by softmax over channels, and what their logarithms need.
  ///
  /// - Parameters:
  ///   - scores: `count` scores.
  ///   - temperature: what each is divided by first.
  ///   - probabilities: takes `count` probabilities.
  ///   - largest: takes the largest score of each position.
  ///   - logSums: takes `log Σ exp(x − largest)` of each position, so that
  ///     `log p = x − largest − logSum`.
  func softmax(
    _ scores: UnsafePointer<Float>,
    temperature: Float = 1,
    _ probabilities: UnsafeMutablePointer<Float>,
    largest: UnsafeMutablePointer<Float>,
    logSums: UnsafeMutablePointer<Float>
  ) {
    let scale = 1 / temperature
    for n in 0..<samples {
      for start in stride(from: 0, to: area, by: 512) {
        let length = min(512, area - start)
        let x = scores + n * channels * area + start
        let p = probabilities + n * channels * area + start
        let top = largest + n * area + start
        let sums = logSums + n * area + start
        for i in 0..<length { top[i] = x[i] * scale }
        for c in 1..<max(1, channels) {
          let x = x + c * area
          for i in 0..<length { top[i] = max(top[i], x[i] * scale) }
        }
        for i in 0..<length { sums[i] = 0 }
        for c in 0..<channels {
          let (x, p) = (x + c * area, p + c * area)
          for i in 0..<length {
            let power = fastExponential(x[i] * scale - top[i])
            p[i] = power
            sums[i] += power
          }
        }
        for c in 0..<channels {
          let p = p + c * area
          for i in 0..<length { p[i] /= sums[i] }
        }
        for i in 0..<length { sums[i] = log(sums[i]) }
      }
    }
  }
}
