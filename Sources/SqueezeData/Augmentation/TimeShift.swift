public import SqueezeTensor

/// Moves a signal forward or back.
public struct TimeShift: Augmentation {
  /// The largest shift in samples of the signal.
  public var maximum: Int
  public var border: Border

  /// Moves by up to `maximum` samples; what is uncovered is what the border says.
  public init(_ maximum: Int, border: Border = .zero) {
    self.maximum = maximum
    self.border = border
  }

  public func outputShape(for input: Shape) throws(DataError) -> Shape {
    guard maximum >= 0 else {
      throw DataError("time shift", expected: "a shift of at least 0", actual: "\(maximum)")
    }
    return try input.asSignals("time shift")
  }

  public func apply(to sample: inout AugmentedSample, random: inout SeededGenerator) {
    let shift = random.integer(in: -maximum...maximum)
    sample.cut(left: -shift, top: 0, width: sample.width, height: 1, border)
  }
}
