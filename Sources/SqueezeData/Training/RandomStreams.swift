import Foundation
import SqueezeTensor

extension SeededGenerator {
  /// The generator of one place in a tree of random decisions, such as epoch and sample: equal seeds
  /// and paths give equal sequences, others unrelated ones.
  init(seed: UInt64, path: Int...) {
    var state = seed
    for step in path {
      var mixer = SeededGenerator(seed: state)
      state = mixer.next() ^ UInt64(bitPattern: Int64(step))
    }
    var mixer = SeededGenerator(seed: state)
    self.init(seed: mixer.next())
  }

  /// A whole number in `range`.
  mutating func integer(in range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  /// Whether something of a probability happens.
  mutating func happens(_ probability: Float) -> Bool { uniform() < probability }

  /// Two normal numbers of mean 0 and variance 1, by Box and Muller (1958).
  mutating func normalPair() -> (Float, Float) {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    let angle = 2 * .pi * uniform()
    return (radius * cos(angle), radius * sin(angle))
  }

  /// A normal number of mean 0 and variance 1.
  mutating func normal() -> Float { normalPair().0 }

  /// The numbers below `count` in random order, by Fisher and Yates.
  mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    order.withUnsafeMutableBufferPointer { order in
      for last in stride(from: count - 1, to: 0, by: -1) {
        // The upper 64 bits of a product are uniform but for a bias below count / 2⁶⁴.
        let other = Int(next().multipliedFullWidth(by: UInt64(last + 1)).high)
        order.swapAt(last, other)
      }
    }
    return order
  }

  /// A number of the Beta distribution with both parameters `alpha`, from two Gamma numbers.
  mutating func beta(_ alpha: Double) -> Float {
    let (a, b) = (gamma(alpha), gamma(alpha))
    return a + b > 0 ? Float(a / (a + b)) : 0.5
  }

  /// A number of the Gamma distribution of scale 1, by Marsaglia and Tsang, "A simple method for
  /// generating gamma variables" (2000); for shapes below 1 by their §6.
  private mutating func gamma(_ shape: Double) -> Double {
    if shape < 1 {
      let power = pow(Double(1 - uniform()), 1 / shape)
      return gamma(shape + 1) * power
    }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = Double(normal())
      let root = 1 + c * x
      guard root > 0 else { continue }
      let v = root * root * root
      if log(Double(1 - uniform())) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
    }
  }
}
