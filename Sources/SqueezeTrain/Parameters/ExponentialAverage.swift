/// An average of weights that forgets old ones exponentially, `a ← d · a + (1 − d) · w` per step.
///
/// Averages the scalars that the optimizer changes and running statistics.
/// Source: Polyak and Juditsky, "Acceleration of Stochastic Approximation by Averaging" (1992).
public struct ExponentialAverage: Sendable, Hashable, Codable {
  /// How much of the old average stays, `d`, in `0..<1`.
  public var decay: Float
  /// Begin with a small decay, `min(d, (1 + t) / (10 + t))` in step `t`, so that the random beginning is
  /// forgotten soon.
  public var warmsUp: Bool

  /// Creates an average.
  public init(decay: Float = 0.999, warmsUp: Bool = true) {
    self.decay = decay
    self.warmsUp = warmsUp
  }

  /// The decay in step `number`, from 1.
  public func decay(step number: Int) -> Float {
    warmsUp ? min(decay, Float(1 + number) / Float(10 + number)) : decay
  }
}
