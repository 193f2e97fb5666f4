public import SqueezeTensor

/// Pads every side and cuts a rectangle at a random place; of a signal, a stretch of time.
///
/// Without a size it cuts what the padding was added to: a shift by up to `padding` pixels.
public struct RandomCrop: Augmentation {
  /// The rows; those of the sample where `nil`.
  public var height: Int?
  /// The columns; those of the sample where `nil`.
  public var width: Int?
  public var padding: Int
  public var border: Border

  /// Cuts a rectangle out of the padded sample.
  public init(height: Int? = nil, width: Int? = nil, padding: Int = 0, border: Border = .zero) {
    self.height = height
    self.width = width
    self.padding = padding
    self.border = border
  }

  public func outputShape(for input: Shape) throws(DataError) -> Shape {
    var output = input
    if input.rank == 3, let height { output[1] = height }
    if let width { output[input.rank - 1] = width }
    let fits = zip(output.dimensions, input.dimensions).dropFirst().allSatisfy {
      $0 >= 1 && $0 <= $1 + 2 * padding
    }
    guard (0...1 << 16).contains(padding), fits else {
      throw DataError(
        "random crop",
        expected: "a crop inside \(input) with \(padding) pixels on every side",
        actual: "\(output)"
      )
    }
    return output
  }

  public func apply(to sample: inout AugmentedSample, random: inout SeededGenerator) {
    let vertical = sample.isSignal ? 0 : padding
    let newHeight = sample.isSignal ? 1 : height ?? sample.height
    let newWidth = width ?? sample.width
    let top = random.integer(in: 0...(sample.height + 2 * vertical - newHeight)) - vertical
    let left = random.integer(in: 0...(sample.width + 2 * padding - newWidth)) - padding
    sample.cut(left: left, top: top, width: newWidth, height: newHeight, border)
  }
}
