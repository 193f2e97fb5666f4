public import SqueezeTensor

/// Real weights that train behind the even grid of their integers.
///
/// Decoded, a weight `v` is rounded to the grid, `w = scale · (clamp(round(v/scale) + z) − z)`, ties to
/// even. The gradient passes straight through the rounding: `dv = dw` where nothing was clamped, 0
/// where it was. Once trained, ``rounded`` keeps the integers alone.
/// Source: Jacob et al., "Quantization and Training of Neural Networks for Efficient
/// Integer-Arithmetic-Only Inference" (2018), §3; Bengio, Léonard and Courville, "Estimating or
/// Propagating Gradients Through Stochastic Neurons" (2013), §4.
/// Stored: the real weights and the scales; the zero points; attributes `bits`, `signed` and `axis` (−1
/// for the whole tensor).
public struct StraightThroughInteger: ParameterEncoding {
  public static let name = "straight-through-integer"
  public let shape: Shape
  /// The width of an integer, 2 to 16 bits.
  public let bits: Int
  /// Whether the integers are two's complement.
  public let isSigned: Bool
  /// The axis along which scale and zero point change; `nil` for one pair.
  public let axis: Int?
  /// One scale, or one per channel.
  public let scales: [Float]
  /// One zero point, or one per channel.
  public let zeroPoints: [Int32]
  /// The real weights `v`.
  public var free: [Float]

  /// Puts a real tensor behind a grid.
  ///
  /// - Precondition: as many positive scales and zero points in range as channels along `axis`, or one
  ///   of each.
  public init(
    _ tensor: Tensor,
    scales: [Float],
    zeroPoints: [Int32],
    bits: Int = 8,
    isSigned: Bool = true,
    axis: Int? = nil
  ) {
    let channels = axis.map { tensor.shape[$0] } ?? 1
    precondition((2...16).contains(bits) && tensor.type.isReal, "\(bits) bits for \(tensor.spec)")
    precondition(scales.count == channels && zeroPoints.count == channels, "\(channels) channels")
    shape = tensor.shape
    self.bits = bits
    self.isSigned = isSigned
    self.axis = axis
    self.scales = scales
    self.zeroPoints = zeroPoints
    free = tensor.scalars
  }

  /// The integers a weight may become.
  private var range: ClosedRange<Int32> {
    isSigned ? -(1 << (bits - 1))...(1 << (bits - 1)) - 1 : 0...(1 << bits) - 1
  }

  /// The integer of every weight before it is clamped; NaN gives the zero point.
  private var integers: [Int32] {
    let inner = axis.map { max(1, shape.count(from: $0 + 1)) } ?? 1
    return free.indices.map { element in
      let channel = element / inner % scales.count
      let q = (free[element] / scales[channel]).rounded(.toNearestOrEven)
      // Far below the range of Int32, far above that of 16 bits.
      return (q.isNaN ? 0 : Int32(min(max(q, -0x1p24), 0x1p24))) + zeroPoints[channel]
    }
  }

  /// The integers and their scales without the real weights: what is left once training ends.
  public var rounded: UniformInteger {
    let range = range
    return UniformInteger(
      shape: shape,
      integers: integers.map { min(max($0, range.lowerBound), range.upperBound) },
      scales: scales,
      zeroPoints: zeroPoints,
      bits: bits,
      isSigned: isSigned,
      axis: axis
    )
  }

  public var storedBits: Int { 32 * free.count + (32 + bits) * scales.count }
  public func decoded() -> Tensor { rounded.decoded() }

  public func pullback(_ gradient: Tensor) -> [Float] {
    let range = range
    return zip(integers, gradient.scalars).map { range.contains($0) ? $1 : 0 }
  }

  // MARK: Stored form

  public var stored: StoredParameter {
    StoredParameter(
      shape: shape,
      attributes: ["bits": bits, "signed": isSigned ? 1 : 0, "axis": axis ?? -1],
      floats: [free, scales],
      integers: [zeroPoints.map { Int($0) }]
    )
  }

  public init(stored: StoredParameter) throws(EncodingError) {
    try stored.require(Self.name, floats: 2, integers: 1)
    let (bits, weights) = (stored.attributes["bits"] ?? 0, stored.floats[0])
    let axis = stored.attributes["axis"].flatMap { $0 == -1 ? nil : $0 }
    guard (2...16).contains(bits), axis.map(stored.shape.dimensions.indices.contains) ?? true else {
      throw EncodingError(
        Self.name,
        expected: "2 to 16 bits and an axis of \(stored.shape)",
        actual: "\(bits) bits, axis \(axis ?? -1)"
      )
    }
    let channels = axis.map { stored.shape[$0] } ?? 1
    let count = stored.shape.count
    try StoredParameter.require(Self.name, "weights", count: weights.count, is: count)
    try StoredParameter.require(Self.name, "scales", count: stored.floats[1].count, is: channels)
    try StoredParameter.require(
      Self.name,
      "zero points",
      count: stored.integers[0].count,
      is: channels
    )
    guard stored.integers[0].allSatisfy({ (-65_536...65_536).contains($0) }) else {
      throw EncodingError(Self.name, expected: "zero points of 16 bits", actual: "larger ones")
    }
    self.init(
      Tensor(stored.shape, weights),
      scales: stored.floats[1],
      zeroPoints: stored.integers[0].map { Int32($0) },
      bits: bits,
      isSigned: stored.attributes["signed"] == 1,
      axis: axis
    )
  }

  public static func symbolTable(of stored: StoredParameter) -> SymbolTable? { nil }
}
