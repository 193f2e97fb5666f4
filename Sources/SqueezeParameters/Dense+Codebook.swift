import SqueezeTensor

extension Dense {
  /// The same scalars, bit for bit, as a codebook; `nil` where they are too many different ones.
  ///
  /// Weights that were once quantized often arrive as dense floats; a codebook finds their few values
  /// again. Zeros become the mask of a ``MaskedCodebook``; without zeros it is a ``Codebook``.
  ///
  /// - Parameter maximum: the most centroids, at most 65,535.
  /// - Returns: a codebook that decodes to the same bits.
  public func asCodebook(maximum: Int) -> (any ParameterEncoding)? {
    precondition(maximum < 65_536, "\(maximum) centroids")
    var indices: [UInt32: UInt16] = [:]
    var centroids: [Float] = []
    var used: [UInt16] = []
    used.reserveCapacity(free.count)
    for scalar in free {
      let bits = scalar.bitPattern
      if bits == 0 {
        used.append(0)
        continue
      }
      if let index = indices[bits] {
        used.append(index)
        continue
      }
      guard centroids.count < maximum else { return nil }
      centroids.append(scalar)
      let index = UInt16(centroids.count)
      indices[bits] = index
      used.append(index)
    }
    if used.contains(0) {
      return MaskedCodebook(shape: shape, indices: used, centroids: centroids)
    }
    return Codebook(shape: shape, indices: used.map { $0 - 1 }, centroids: centroids)
  }
}
