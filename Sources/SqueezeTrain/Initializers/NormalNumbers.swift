import Foundation
import SqueezeTensor

extension SeededGenerator {
  /// A number of the standard normal distribution.
  ///
  /// Source: Box and Muller, "A Note on the Generation of Random Normal Deviates" (1958).
  mutating func normal() -> Double {
    let radius = (Double(next() >> 11) + 1) * 0x1p-53
    let angle = Double(next() >> 11) * 0x1p-53
    return (-2 * log(radius)).squareRoot() * cos(2 * .pi * angle)
  }
}
