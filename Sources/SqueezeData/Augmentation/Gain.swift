public import SqueezeTensor

/// Multiplies all channels by one factor.
public struct Gain: Augmentation {
  /// The largest change: factors are in `1 ± share`.
  public var share: Float

  /// Multiplies by a factor in `1 ± share`.
  public init(_ share: Float) { self.share = share }

  public func apply(to sample: inout AugmentedSample, random: inout SeededGenerator) {
    let factor = random.uniform(1 - share, 1 + share)
    for i in sample.values.indices { sample.values[i] *= factor }
    sample.clampLevels()
  }
}
