/// The same rate in every step.
public struct ConstantRate: Schedule {
  public var rate: Double

  /// Creates a schedule.
  public init(_ rate: Double) { self.rate = rate }

  public func rate(step: Int, of total: Int, stepsPerEpoch: Int) -> Double { rate }
}
