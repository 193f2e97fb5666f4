public import SqueezeTensor

/// What a network should answer for one sample.
public enum ExampleTarget: Sendable, Hashable {
  /// The index of its class.
  case classIndex(Int)
  /// The probability of each class.
  case probabilities([Float])
  /// The class of each pixel, row by row, or of each position of a signal.
  case map([UInt8])
  /// Real numbers.
  case values([Float])
}

/// One sample as it was read, before augmentation and normalization.
public struct TrainingExample: Sendable, Hashable {
  /// The elements of an input, channel after channel.
  public enum Input: Sendable, Hashable {
    /// Grey levels of a picture.
    case levels([UInt8])
    /// Numbers in the unit of the data.
    case reals([Float])
  }

  /// `[C, H, W]`, or `[C, W]` for a signal.
  public var shape: Shape
  public var input: Input
  public var target: ExampleTarget
  /// A weight per pixel, where the dataset has one.
  public var pixelWeights: [Float]?

  /// Creates an example.
  ///
  /// - Precondition: the input has `shape.count` elements, a map and weights one per pixel.
  public init(
    _ shape: Shape,
    _ input: Input,
    _ target: ExampleTarget,
    pixelWeights: [Float]? = nil
  ) {
    self.shape = shape
    self.input = input
    self.target = target
    self.pixelWeights = pixelWeights
    let count =
      switch input {
      case .levels(let levels): levels.count
      case .reals(let reals): reals.count
      }
    precondition(
      (shape.rank == 2 || shape.rank == 3) && count == shape.count,
      "an input of \(count) elements for \(shape)"
    )
    let area = shape.count(from: 1)
    if case .map(let map) = target {
      precondition(map.count == area, "a map of \(map.count) labels for \(area) pixels")
    }
    precondition(pixelWeights.map { $0.count == area } ?? true, "weights for \(area) pixels")
  }

  /// The memory its arrays take, in bytes.
  public var byteCount: Int {
    let inputBytes =
      switch input {
      case .levels(let levels): levels.count
      case .reals(let reals): 4 * reals.count
      }
    let targetBytes =
      switch target {
      case .classIndex: 8
      case .probabilities(let values), .values(let values): 4 * values.count
      case .map(let map): map.count
      }
    return inputBytes + targetBytes + 4 * (pixelWeights?.count ?? 0)
  }
}
