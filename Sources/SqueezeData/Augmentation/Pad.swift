public import SqueezeTensor

/// Adds pixels on every side; for a signal, at its beginning and end.
public struct Pad: Augmentation {
  public var padding: Int
  public var border: Border

  /// Adds `padding` pixels on every side.
  public init(_ padding: Int, border: Border = .zero) {
    self.padding = padding
    self.border = border
  }

  public func outputShape(for input: Shape) throws(DataError) -> Shape {
    guard (0...1 << 16).contains(padding) else {
      throw DataError("pad", expected: "0…65536 pixels", actual: "\(padding)")
    }
    return Shape([input[0]] + input.dimensions.dropFirst().map { $0 + 2 * padding })
  }

  public func apply(to sample: inout AugmentedSample, random: inout SeededGenerator) {
    let vertical = sample.isSignal ? 0 : padding
    sample.cut(
      left: -padding,
      top: -vertical,
      width: sample.width + 2 * padding,
      height: sample.height + 2 * vertical,
      border
    )
  }
}
