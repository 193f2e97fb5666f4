public import SqueezeTensor

/// Real weights that train behind their signs.
///
/// Decoded, a weight `v` of a channel of `n` weights is `w = α · sign(v)` with `α = Σ|v| / n`, which
/// is the best binary approximation of the channel. With `g` the gradient of `w`, that of `v` follows the
/// mean magnitude exactly and passes straight through the sign where `|v| ≤ 1`:
/// `dv = sign(v) / n · Σ g · sign(v) + α · g · [|v| ≤ 1]`.
/// Once trained, ``rounded`` keeps signs and scales alone.
/// Source: Rastegari et al., "XNOR-Net" (2016), §3.1, equations 6 and 7 and Algorithm 1.
/// Stored: the real weights.
public struct StraightThroughBinary: LatentEncoding {
  public static let name = "straight-through-binary"
  public let shape: Shape
  /// The real weights `v`.
  public var free: [Float]

  /// Puts a real tensor of at least one axis behind its signs.
  public init(_ tensor: Tensor) {
    precondition(tensor.shape.rank >= 1 && tensor.type.isReal, "\(Self.name): \(tensor.spec)")
    shape = tensor.shape
    free = tensor.scalars
  }

  /// The signs and scales without the real weights.
  public var rounded: Binary { Binary(Tensor(shape, free)) }

  public var storedBits: Int { 32 * free.count }

  public func decoded() -> Tensor {
    var weights = free
    let scales = scales
    weights.withUnsafeMutableBufferPointer { weights in
      shape.forEachRun(along: 0) { channel, run in
        let scale = scales[channel]
        for i in run { weights[i] = weights[i] >= 0 ? scale : -scale }
      }
    }
    return Tensor(shape, weights)
  }

  public func pullback(_ gradient: Tensor) -> [Float] {
    var slopes = gradient.scalars
    let scales = scales
    slopes.withUnsafeMutableBufferPointer { slopes in
      free.withUnsafeBufferPointer { weights in
        shape.forEachRun(along: 0) { channel, run in
          var sum: Float = 0
          for i in run { sum += weights[i] >= 0 ? slopes[i] : -slopes[i] }
          let (scale, share) = (scales[channel], sum / Float(run.count))
          for i in run {
            let through = abs(weights[i]) <= 1 ? scale * slopes[i] : 0
            slopes[i] = through + (weights[i] >= 0 ? share : -share)
          }
        }
      }
    }
    return slopes
  }

  /// The mean magnitude of every channel, summed as ``Binary`` sums it.
  private var scales: [Float] {
    let size = shape.count(from: 1)
    return (0..<shape[0]).map { row in
      let slice = free[row * size..<(row + 1) * size]
      return size == 0 ? 0 : slice.reduce(0) { $0 + abs($1) } / Float(size)
    }
  }

  // MARK: Stored form

  public var stored: StoredParameter { StoredParameter(shape: shape, floats: [free]) }

  public init(stored: StoredParameter) throws(EncodingError) {
    try stored.require(Self.name, floats: 1)
    guard stored.shape.rank >= 1 else {
      throw EncodingError(Self.name, expected: "at least one axis", actual: "\(stored.shape)")
    }
    try StoredParameter.require(
      Self.name,
      "weights",
      count: stored.floats[0].count,
      is: stored.shape.count
    )
    shape = stored.shape
    free = stored.floats[0]
  }

  public static func symbolTable(of stored: StoredParameter) -> SymbolTable? { nil }
}
