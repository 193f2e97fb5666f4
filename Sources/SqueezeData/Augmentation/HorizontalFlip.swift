public import SqueezeTensor

/// Mirrors left and right; for a signal, its beginning and end.
public struct HorizontalFlip: Augmentation {
  /// How often it happens.
  public var chance: Float

  /// Mirrors a share of all samples.
  public init(chance: Float = 0.5) { self.chance = chance }

  public func apply(to sample: inout AugmentedSample, random: inout SeededGenerator) {
    guard random.happens(chance) else { return }
    let (height, width) = (sample.height, sample.width)
    sample.remake(height: height, width: width) { plane in
      for y in 0..<height {
        let (source, target) = (plane.source + y * width, plane.target + y * width)
        for x in 0..<width { target[x] = source[width - 1 - x] }
      }
    }
  }
}
