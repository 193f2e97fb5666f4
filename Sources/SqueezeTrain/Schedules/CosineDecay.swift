import Foundation

/// Half a cosine from a rate down to another, `end + (rate − end) (1 + cos(π t / total)) / 2`.
///
/// Source: Loshchilov and Hutter, "SGDR" (2017), equation 5, without restarts.
public struct CosineDecay: Schedule {
  public var rate: Double
  /// The rate after the last step.
  public var end: Double

  /// Creates a schedule.
  public init(_ rate: Double, end: Double = 0) {
    self.rate = rate
    self.end = end
  }

  public func rate(step: Int, of total: Int, stepsPerEpoch: Int) -> Double {
    let progress = Double(step) / Double(max(1, total))
    return end + (rate - end) * (1 + cos(.pi * progress)) / 2
  }
}
