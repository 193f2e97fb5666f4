public import SqueezeTensor

/// A random change of a sample that keeps what it shows, so that a network learns to look past it.
///
/// What moves the picture moves its map and pixel weights alike.
public protocol Augmentation: Sendable {
  /// The shape of what it makes of an input.
  ///
  /// - Throws: ``DataError`` that names what it cannot do with such an input.
  func outputShape(for input: Shape) throws(DataError) -> Shape

  /// Changes a sample; all chance comes from `random`.
  func apply(to sample: inout AugmentedSample, random: inout SeededGenerator)
}

extension Augmentation {
  public func outputShape(for input: Shape) throws(DataError) -> Shape { input }
}

/// Another augmentation that only happens with some probability.
public struct Sometimes: Augmentation {
  public var chance: Float
  public var augmentation: any Augmentation

  /// Applies `augmentation` to a share of all samples.
  public init(_ chance: Float, _ augmentation: any Augmentation) {
    self.chance = chance
    self.augmentation = augmentation
  }

  public func outputShape(for input: Shape) throws(DataError) -> Shape {
    let output = try augmentation.outputShape(for: input)
    guard output == input else {
      let expected = "an augmentation that keeps \(input)"
      throw DataError("sometimes", expected: expected, actual: "\(output)")
    }
    return output
  }

  public func apply(to sample: inout AugmentedSample, random: inout SeededGenerator) {
    if random.happens(chance) { augmentation.apply(to: &sample, random: &random) }
  }
}
