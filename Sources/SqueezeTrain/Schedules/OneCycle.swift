import Foundation

/// A rate that rises linearly to its peak and then falls, linearly or as half a cosine, to the end.
///
/// Source: Smith and Topin, "Super-Convergence" (2018), §2.
public struct OneCycle: Schedule {
  /// How the rate falls.
  public enum Descent: String, Sendable, Hashable, Codable { case linear, cosine }

  public var peak: Double
  /// The share of steps in which the rate rises, in `0...1`.
  public var rise: Double
  /// The rate of the first step.
  public var start: Double
  /// The rate after the last step.
  public var end: Double
  public var descent: Descent

  /// Creates a schedule; without a start it is a 25th of the peak.
  public init(
    peak: Double,
    rise: Double = 0.3,
    start: Double? = nil,
    end: Double = 0,
    descent: Descent = .linear
  ) {
    self.peak = peak
    self.rise = rise
    self.start = start ?? peak / 25
    self.end = end
    self.descent = descent
  }

  public func rate(step: Int, of total: Int, stepsPerEpoch: Int) -> Double {
    let top = rise * Double(total)
    let position = Double(step)
    if position < top { return start + (peak - start) * position / top }
    let progress = (position - top) / max(1, Double(total) - top)
    switch descent {
    case .linear: return peak + (end - peak) * progress
    case .cosine: return end + (peak - end) * (1 + cos(.pi * progress)) / 2
    }
  }
}
