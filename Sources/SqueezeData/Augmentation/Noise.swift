public import SqueezeTensor

/// Adds normal noise to every element.
public struct Noise: Augmentation {
  /// The deviation of the noise, in the unit of the normalized input.
  public var deviation: Float

  /// Adds noise of a deviation.
  public init(deviation: Float) { self.deviation = deviation }

  public func apply(to sample: inout AugmentedSample, random: inout SeededGenerator) {
    let area = sample.area
    for channel in 0..<sample.channels {
      let size = deviation * sample.unit[channel]
      for i in channel * area..<(channel + 1) * area { sample.values[i] += size * random.normal() }
    }
    sample.clampLevels()
  }
}
