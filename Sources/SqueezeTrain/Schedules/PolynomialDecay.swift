import Foundation

/// A rate that falls as a power of what is left, `end + (rate − end) (1 − t / total)^power`.
///
/// Source: Chen et al., "DeepLab" (2017), §4.1, where the power is 0.9.
public struct PolynomialDecay: Schedule {
  public var rate: Double
  public var power: Double
  /// The rate after the last step.
  public var end: Double

  /// Creates a schedule.
  public init(_ rate: Double, power: Double = 0.9, end: Double = 0) {
    self.rate = rate
    self.power = power
    self.end = end
  }

  public func rate(step: Int, of total: Int, stepsPerEpoch: Int) -> Double {
    let left = max(0, 1 - Double(step) / Double(max(1, total)))
    return end + (rate - end) * pow(left, power)
  }
}
