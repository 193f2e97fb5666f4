public import SqueezeTensor

/// Whole numbers on an even grid, `real = scale · (q − zeroPoint)`, per tensor or per channel.
///
/// Source: Jacob et al., "Quantization and Training of Neural Networks for Efficient
/// Integer-Arithmetic-Only Inference" (2018), equation 1.
/// Stored: the scales; the zero points; up to 16 bits one symbol per element, `q − low`, beyond
/// that a list of integers. Attributes: `bits`, `signed`, `axis` (−1 for the whole tensor), `low`
/// and `high`, the range that occurs.
public struct UniformInteger: ParameterEncoding {
  public static let name = "integer"
  public let shape: Shape
  /// The width of an integer, 2 to 32 bits.
  public let bits: Int
  /// Whether the integers are two's complement.
  public let isSigned: Bool
  /// The axis along which scale and zero point change; `nil` for one pair.
  public let axis: Int?
  /// The integers, row-major.
  public let integers: [Int32]
  /// One zero point, or one per channel.
  public let zeroPoints: [Int32]
  /// One scale, or one per channel: the scalars an optimizer may change.
  public var free: [Float]

  /// Creates an integer encoding.
  ///
  /// - Precondition: one integer per element inside the range of `bits`; as many scales and zero
  ///   points as channels along `axis`, or one of each.
  public init(
    shape: Shape,
    integers: [Int32],
    scales: [Float],
    zeroPoints: [Int32],
    bits: Int = 8,
    isSigned: Bool = true,
    axis: Int? = nil
  ) {
    let channels = axis.map { shape[$0] } ?? 1
    precondition((2...32).contains(bits), "\(bits) bits")
    precondition(integers.count == shape.count, "\(integers.count) integers for shape \(shape)")
    precondition(scales.count == channels && zeroPoints.count == channels, "\(channels) channels")
    self.shape = shape
    self.integers = integers
    self.zeroPoints = zeroPoints
    self.bits = bits
    self.isSigned = isSigned
    self.axis = axis
    free = scales
  }

  /// The scales, one per channel or one for all.
  public var scales: [Float] { free }

  public var storedBits: Int { bits * integers.count + (32 + bits) * free.count }

  public func decoded() -> Tensor {
    guard let axis else {
      let (scale, zero) = (free[0], zeroPoints[0])
      return Tensor(shape, integers.map { scale * Float(Int($0) - Int(zero)) })
    }
    var scalars = [Float](repeating: 0, count: integers.count)
    shape.forEachRun(along: axis) { channel, run in
      let (scale, zero) = (free[channel], Int(zeroPoints[channel]))
      for i in run { scalars[i] = scale * Float(Int(integers[i]) - zero) }
    }
    return Tensor(shape, scalars)
  }

  public func pullback(_ gradient: Tensor) -> [Float] {
    var sums = [Float](repeating: 0, count: free.count)
    let slopes = gradient.scalars
    shape.forEachRun(along: axis) { channel, run in
      for i in run {
        sums[channel] += slopes[i] * Float(Int(integers[i]) - Int(zeroPoints[channel]))
      }
    }
    return sums
  }

  // MARK: Stored form

  public var stored: StoredParameter {
    let low = integers.min() ?? 0
    let high = integers.max() ?? 0
    var stored = StoredParameter(
      shape: shape,
      attributes: [
        "bits": bits, "signed": isSigned ? 1 : 0, "axis": axis ?? -1, "low": Int(low),
        "high": Int(high),
      ],
      floats: [free],
      integers: [zeroPoints.map { Int($0) }]
    )
    if bits <= 16 {
      stored.symbols = integers.map { UInt16($0 - low) }
    } else {
      stored.integers.append(integers.map { Int($0) })
    }
    return stored
  }

  public init(stored: StoredParameter) throws(EncodingError) {
    let bits = stored.attributes["bits"] ?? 0
    let isWide = bits > 16
    try stored.require(Self.name, floats: 1, integers: isWide ? 2 : 1, symbols: !isWide)
    let range = try Self.range(of: stored)
    var axis = stored.attributes["axis"]
    if axis == -1 { axis = nil }
    if let axis, !stored.shape.dimensions.indices.contains(axis) {
      throw EncodingError(Self.name, expected: "an axis of \(stored.shape)", actual: "\(axis)")
    }
    let channels = axis.map { stored.shape[$0] } ?? 1
    try StoredParameter.require(Self.name, "scales", count: stored.floats[0].count, is: channels)
    try StoredParameter.require(
      Self.name,
      "zero points",
      count: stored.integers[0].count,
      is: channels
    )
    if !isWide { try stored.require(Self.name, alphabet: range.count) }
    let wide =
      isWide ? stored.integers[1] : stored.symbols.map { range.lowerBound + Int($0) }
    try StoredParameter.require(Self.name, "integers", count: wide.count, is: stored.shape.count)
    let limits = Int(Int32.min)...Int(Int32.max)
    guard (wide + stored.integers[0]).allSatisfy({ limits.contains($0) }) else {
      throw EncodingError(Self.name, expected: "32-bit integers", actual: "larger ones")
    }
    self.init(
      shape: stored.shape,
      integers: wide.map { Int32($0) },
      scales: stored.floats[0],
      zeroPoints: stored.integers[0].map { Int32($0) },
      bits: bits,
      isSigned: stored.attributes["signed"] == 1,
      axis: axis
    )
  }

  public static func symbolTable(of stored: StoredParameter) throws(EncodingError) -> SymbolTable? {
    let range = try range(of: stored)
    guard stored.attributes["bits"] ?? 0 <= 16 else { return nil }
    let zeros = Set(stored.integers.first ?? [])
    guard zeros.count == 1, let zero = zeros.first, range.contains(zero) else {
      return SymbolTable(values: range.map { Float($0) })
    }
    return SymbolTable(values: range.map { Float($0 - zero) }, zero: zero - range.lowerBound)
  }

  /// The integers that occur, from attributes that are checked.
  private static func range(of stored: StoredParameter) throws(EncodingError) -> ClosedRange<Int> {
    let bits = stored.attributes["bits"] ?? 0
    let (low, high) = (stored.attributes["low"] ?? 0, stored.attributes["high"] ?? 0)
    guard (2...32).contains(bits), low <= high, low >= -(1 << 31), high < 1 << 32,
      high - low < 1 << bits
    else {
      throw EncodingError(
        name,
        expected: "2 to 32 bits and a range",
        actual: "\(bits) bits, \(low) to \(high)"
      )
    }
    return low...high
  }
}
