/// A linear rise before another schedule, whose rate it reaches.
///
/// In step `t` of the first `steps` the rate is `(t + 1) / steps` times that of the other schedule's beginning;
/// after them the other schedule runs over the steps that are left.
///
/// Source: Goyal et al., "Accurate, Large Minibatch SGD" (2017), §2.2.
public struct WarmUp: Schedule {
  /// The length of the rise.
  public enum Length: Sendable, Hashable, Codable {
    case steps(Int)
    case epochs(Double)

    /// The length in steps.
    func steps(perEpoch: Int) -> Int {
      switch self {
      case .steps(let steps): max(0, steps)
      case .epochs(let epochs): max(0, Int((epochs * Double(perEpoch)).rounded()))
      }
    }
  }

  public var length: Length
  public var schedule: any Schedule

  /// Creates a schedule.
  public init(_ length: Length, before schedule: any Schedule) {
    self.length = length
    self.schedule = schedule
  }

  public var settings: String { "WarmUp(\(length), before: \(schedule.settings))" }

  public func rate(step: Int, of total: Int, stepsPerEpoch: Int) -> Double {
    let rise = length.steps(perEpoch: stepsPerEpoch)
    let rest = max(1, total - rise)
    guard step >= rise else {
      let first = schedule.rate(step: 0, of: rest, stepsPerEpoch: stepsPerEpoch)
      return first * Double(step + 1) / Double(rise)
    }
    return schedule.rate(step: step - rise, of: rest, stepsPerEpoch: stepsPerEpoch)
  }
}
