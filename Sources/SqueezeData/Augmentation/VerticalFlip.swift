public import SqueezeTensor

/// Mirrors up and down.
public struct VerticalFlip: Augmentation {
  /// How often it happens.
  public var chance: Float

  /// Mirrors a share of all samples.
  public init(chance: Float = 0.5) { self.chance = chance }

  public func outputShape(for input: Shape) throws(DataError) -> Shape {
    try input.asPictures("vertical flip")
  }

  public func apply(to sample: inout AugmentedSample, random: inout SeededGenerator) {
    guard random.happens(chance) else { return }
    let (height, width) = (sample.height, sample.width)
    sample.remake(height: height, width: width) { plane in
      for y in 0..<height {
        (plane.target + y * width).update(
          from: plane.source + (height - 1 - y) * width,
          count: width
        )
      }
    }
  }
}
