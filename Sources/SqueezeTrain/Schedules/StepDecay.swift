import Foundation

/// A rate that falls by a factor at the beginning of some epochs.
public struct StepDecay: Schedule {
  public var rate: Double
  /// The epochs done when the rate falls, ascending; parts of epochs are allowed.
  public var milestones: [Double]
  public var factor: Double

  /// Creates a schedule.
  public init(_ rate: Double, milestones: [Double], factor: Double = 0.1) {
    self.rate = rate
    self.milestones = milestones
    self.factor = factor
  }

  public func rate(step: Int, of total: Int, stepsPerEpoch: Int) -> Double {
    let epochs = Double(step) / Double(max(1, stepsPerEpoch))
    return rate * pow(factor, Double(milestones.count { $0 <= epochs }))
  }
}
