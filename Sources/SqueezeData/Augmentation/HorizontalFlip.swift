public import SqueezeTensor

/// Mirrors left and right; for a signal, its beginning and end.
public struct HorizontalFlip: Augmentation {
  /// How often it happens.
  public var chance: Float
  /// Whether a sample is mirrored in every second epoch instead of by chance, half of the samples in the even ones.
  ///
  /// Two epochs in a row then show both sides of every sample; by chance, half of them would be seen from the same
  /// side twice. Source: Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU" (2024), §3.6.
  public var alternates: Bool

  /// Mirrors a share of all samples.
  public init(chance: Float = 0.5) { (self.chance, alternates) = (chance, false) }

  /// Mirrors every sample in every second epoch.
  public static var alternating: HorizontalFlip {
    var flip = HorizontalFlip()
    flip.alternates = true
    return flip
  }

  public func apply(to sample: inout AugmentedSample, random: inout SeededGenerator) {
    guard alternates ? sample.alternation : random.happens(chance) else { return }
    let (height, width) = (sample.height, sample.width)
    sample.remake(height: height, width: width) { plane in
      for y in 0..<height {
        let (source, target) = (plane.source + y * width, plane.target + y * width)
        for x in 0..<width { target[x] = source[width - 1 - x] }
      }
    }
  }
}
