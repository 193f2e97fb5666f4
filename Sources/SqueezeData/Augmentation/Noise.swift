public import SqueezeTensor

/// Adds normal noise to every element.
public struct Noise: Augmentation {
  /// The deviation of the noise, in the unit of the normalized input.
  public var deviation: Float

  /// Adds noise of a deviation.
  public init(deviation: Float) { self.deviation = deviation }

  public func apply(to sample: inout AugmentedSample, random: inout SeededGenerator) {
    let (area, channels, unit) = (sample.area, sample.channels, sample.unit)
    sample.values.withUnsafeMutableBufferPointer { values in
      for channel in 0..<channels {
        let size = deviation * unit[channel]
        let end = (channel + 1) * area
        for i in stride(from: channel * area, to: end, by: 2) {
          let (first, second) = random.normalPair()
          values[i] += size * first
          if i + 1 < end { values[i + 1] += size * second }
        }
      }
    }
    sample.clampLevels()
  }
}
