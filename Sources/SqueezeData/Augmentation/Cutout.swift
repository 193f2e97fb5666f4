public import SqueezeTensor

/// Covers a square around a random pixel with what normalizes to 0; of a signal, a stretch of time.
///
/// The square may reach beyond the border. Maps and weights stay.
/// Source: DeVries and Taylor, "Improved regularization of convolutional neural networks with cutout"
/// (2017), §3.2.
public struct Cutout: Augmentation {
  /// The side in pixels.
  public var size: Int

  /// Covers a square of `size` × `size`.
  public init(_ size: Int) { self.size = size }

  public func outputShape(for input: Shape) throws(DataError) -> Shape {
    guard size >= 1 else {
      throw DataError("cutout", expected: "a side above 0", actual: "\(size)")
    }
    return input
  }

  public func apply(to sample: inout AugmentedSample, random: inout SeededGenerator) {
    let y = random.integer(in: 0...sample.height - 1)
    let x = random.integer(in: 0...sample.width - 1)
    let rows = max(0, y - size / 2)..<min(sample.height, y - size / 2 + size)
    let columns = max(0, x - size / 2)..<min(sample.width, x - size / 2 + size)
    let (area, width, channels, zero) = (sample.area, sample.width, sample.channels, sample.zero)
    sample.values.withUnsafeMutableBufferPointer { values in
      for channel in 0..<channels {
        for row in rows {
          let start = channel * area + row * width
          for i in start + columns.lowerBound..<start + columns.upperBound {
            values[i] = zero[channel]
          }
        }
      }
    }
  }
}
