import Foundation

/// `eˣ` in single precision, within 2 units in the last place, 0 below -87.
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
  return x < -87 ? 0 : power * scale
}

/// `1 / (1 + e⁻ˣ)`.
@inline(__always)
func logistic(_ x: Float) -> Float {
  let power = fastExponential(-abs(x))
  let small = power / (1 + power)
  return x >= 0 ? 1 - small : small
}

/// `log(1 + eˣ)`, without overflow.
@inline(__always)
func softplus(_ x: Float) -> Float { max(x, 0) + log1p(fastExponential(-abs(x))) }

extension ScoreLayout {
  /// Probabilities by softmax over channels, and what their logarithms need.
  ///
  /// - Parameters:
  ///   - scores: `count` scores, each divided by `temperature` first.
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

/// An array of floats that a function fills.
func filled(_ count: Int, _ fill: (UnsafeMutablePointer<Float>) -> Void) -> [Float] {
  [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
    if let base = buffer.baseAddress, count > 0 { fill(base) }
    initialized = count
  }
}

extension [Float] {
  /// Hands out the memory of an array that is not empty.
  func withPointer<Result>(_ body: (UnsafePointer<Float>) -> Result?) -> Result? {
    withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return nil }
      return body(base)
    }
  }
}
