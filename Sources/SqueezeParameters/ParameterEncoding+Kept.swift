extension ParameterEncoding {
  /// Whether each element is kept, `false` where it was pruned; `nil` for an encoding without a mask.
  ///
  /// What was pruned is exactly 0 and stays so: a method that encodes a parameter anew hands this mask on.
  public var keptElements: [Bool]? {
    switch self {
    case let masked as Masked: masked.mask
    case let shared as MaskedCodebook: shared.indices.map { $0 != 0 }
    case let latent as StraightThroughInteger: latent.mask
    default: nil
    }
  }
}
