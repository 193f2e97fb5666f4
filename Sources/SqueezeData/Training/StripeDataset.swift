import SqueezeTensor

/// Pictures of stripes in eight directions, drawn when they are asked for: a dataset to train on
/// without any file.
public struct StripeDataset: Dataset {
  /// The directions in degrees, counter-clockwise from horizontal; one class each.
  public static let directions: [Double] = [0, 22.5, 45, 67.5, 90, 112.5, 135, 157.5]

  public let name: String
  public let count: Int
  /// Height and width in pixels.
  public let size: Int
  /// Other seeds give other pictures: one for training, another for testing.
  public let seed: UInt64

  /// Describes `count` pictures of `size` × `size`, class after class in turn.
  ///
  /// - Precondition: `count` and `size` are positive.
  public init(count: Int, size: Int = 32, seed: UInt64, name: String = "stripes") {
    precondition(count > 0 && size > 0, "\(count) pictures of \(size) pixels")
    self.name = name
    self.count = count
    self.size = size
    self.seed = seed
  }

  public var classes: [String] { Self.directions.map { "stripes at \($0)°" } }

  public func label(_ index: Int) -> Int { index % Self.directions.count }

  public func sample(_ index: Int) -> Sample {
    var random = SeededGenerator(seed: seed, path: index)
    let image = StripePictures.draw(
      direction: Self.directions[label(index)],
      period: Double(random.uniform(4, 9)),
      size: size,
      seed: random.next()
    )
    return Sample(name: sampleName(index), image: image, label: label(index))
  }
}
