extension ParameterEncoding {
  /// Whether each element is kept, `false` where it was pruned; `nil` for an encoding without a mask.
  ///
  /// An integer at its zero point counts as pruned: no training revives it.
  ///
  /// What was pruned is exactly 0 and stays so: a method that encodes a parameter anew hands this mask on.
  public var keptElements: [Bool]? {
    switch self {
    case let masked as Masked: masked.mask
    case let shared as MaskedCodebook: shared.indices.map { $0 != 0 }
    case let latent as StraightThroughInteger: latent.mask
    case let grid as UniformInteger: grid.nonzeroElements
    default: nil
    }
  }
}

extension UniformInteger {
  /// Whether each element is another integer than its zero point.
  fileprivate var nonzeroElements: [Bool] {
    guard let axis else { return integers.map { $0 != zeroPoints[0] } }
    let inner = max(1, shape.count(from: axis + 1))
    return integers.enumerated().map { $1 != zeroPoints[$0 / inner % zeroPoints.count] }
  }
}
