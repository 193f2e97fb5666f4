public import SqueezeParameters
import SqueezeTensor

extension ParameterEncoding {
  /// The fraction of elements that are exactly zero once decoded.
  public var zeroFraction: Double {
    let count = shape.count
    guard count > 0 else { return 0 }
    let kept = keptElements.map { $0.count { $0 } } ?? decoded().reals.count { $0 != 0 }
    return 1 - Double(kept) / Double(count)
  }

  /// The same values where `mask` is set, exactly zero elsewhere, in an encoding that stays so.
  ///
  /// What is pruned already stays pruned. Real scalars become ``Masked``, a codebook a masked codebook;
  /// integers move to their zero point.
  ///
  /// - Parameters:
  ///   - mask: one entry for each element, `true` where it is kept.
  ///   - key: the parameter's key, for the error.
  /// - Returns: an encoding of the same shape.
  /// - Throws: ``PruningError`` for an encoding that has no place for zeros that stay.
  func pruned(keeping mask: [Bool], _ key: String) throws(PruningError) -> any ParameterEncoding {
    precondition(mask.count == shape.count, "\(mask.count) mask entries for shape \(shape)")
    switch self {
    case let masked as Masked:
      return Masked(masked.decoded(), mask: zip(masked.mask, mask).map { $0 && $1 })
    case let codebook as MaskedCodebook:
      return MaskedCodebook(
        shape: shape,
        indices: zip(codebook.indices, mask).map { $1 ? $0 : 0 },
        centroids: codebook.free
      )
    case let codebook as Codebook where codebook.free.count < 65_536:
      return MaskedCodebook(
        shape: shape,
        indices: zip(codebook.indices, mask).map { $1 ? $0 + 1 : 0 },
        centroids: codebook.free
      )
    case let grid as UniformInteger:
      let zeros = grid.zeroPoints
      let inner = grid.axis.map { max(1, shape.count(from: $0 + 1)) } ?? 1
      return UniformInteger(
        shape: shape,
        integers: grid.integers.enumerated().map { element, integer in
          mask[element] ? integer : zeros[element / inner % zeros.count]
        },
        scales: grid.scales,
        zeroPoints: zeros,
        bits: grid.bits,
        isSigned: grid.isSigned,
        axis: grid.axis
      )
    case is Dense, is Half, is Codebook: return Masked(decoded(), mask: mask)
    default:
      throw PruningError(
        "parameter \"\(key)\"",
        expected: "an encoding that can hold zeros",
        actual: Self.name
      )
    }
  }
}
