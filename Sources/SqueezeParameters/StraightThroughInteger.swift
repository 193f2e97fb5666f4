public import SqueezeTensor

/// Real weights that train behind the even grid of their integers.
///
/// Decoded, a weight `v` is rounded to the grid, `w = scale · (clamp(round(v/scale) + z) − z)`, ties to
/// even. The gradient passes straight through the rounding: `dv = dw` where nothing was clamped, 0
/// where it was. Where a mask is given, pruned elements are exactly 0 and nothing trains them. Once
/// trained, ``rounded`` keeps the integers alone.
/// Source: Jacob et al., "Quantization and Training of Neural Networks for Efficient
/// Integer-Arithmetic-Only Inference" (2018), §3; Bengio, Léonard and Courville, "Estimating or
/// Propagating Gradients Through Stochastic Neurons" (2013), §4.
/// Stored: the kept real weights and the scales; the zero points; attributes `bits`, `signed` and `axis`
/// (−1 for the whole tensor); with a mask, attribute `masked` is 1 and one symbol per element is 1 where
/// it is kept.
public struct StraightThroughInteger: LatentEncoding {
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
  /// Whether each element is kept; `nil` where all are.
  public let mask: [Bool]?
  /// The real weights `v` that are kept, row-major.
  public var free: [Float]

  /// Puts a real tensor behind a grid.
  ///
  /// - Precondition: as many positive scales and zero points in range as channels along `axis`, or one
  ///   of each; one mask entry per element.
  public init(
    _ tensor: Tensor,
    scales: [Float],
    zeroPoints: [Int32],
    bits: Int = 8,
    isSigned: Bool = true,
    axis: Int? = nil,
    mask: [Bool]? = nil
  ) {
    let channels = axis.map { tensor.shape[$0] } ?? 1
    precondition((2...16).contains(bits) && tensor.type.isReal, "\(bits) bits for \(tensor.spec)")
    precondition(scales.count == channels && zeroPoints.count == channels, "\(channels) channels")
    precondition(mask.map { $0.count == tensor.count } ?? true, "a mask for \(tensor.spec)")
    shape = tensor.shape
    self.bits = bits
    self.isSigned = isSigned
    self.axis = axis
    self.scales = scales
    self.zeroPoints = zeroPoints
    self.mask = mask
    free = mask.map { zip(tensor.scalars, $0).filter(\.1).map(\.0) } ?? tensor.scalars
  }

  /// The integers a weight may become.
  private var range: ClosedRange<Int32> { Self.range(bits: bits, isSigned: isSigned) }

  private static func range(bits: Int, isSigned: Bool) -> ClosedRange<Int32> {
    isSigned ? -(1 << (bits - 1))...(1 << (bits - 1)) - 1 : 0...(1 << bits) - 1
  }

  /// Every real weight, 0 where it is pruned.
  private var latent: [Float] {
    guard let mask else { return free }
    var next = 0
    var weights = [Float](repeating: 0, count: mask.count)
    for (i, isKept) in mask.enumerated() where isKept {
      weights[i] = free[next]
      next += 1
    }
    return weights
  }

  /// Every real weight as steps of its scale, rounded and not clamped; NaN gives 0.
  private var steps: [Float] {
    var steps = latent
    steps.withUnsafeMutableBufferPointer { steps in
      shape.forEachRun(along: axis) { channel, run in
        let scale = scales[channel]
        for i in run { steps[i] = roundedToEven(steps[i] / scale) }
      }
    }
    return steps
  }

  /// The steps that a channel's range leaves.
  private func limits(_ channel: Int) -> (lower: Float, upper: Float) {
    (
      Float(range.lowerBound - zeroPoints[channel]), Float(range.upperBound - zeroPoints[channel])
    )
  }

  /// The integers and their scales without the real weights: what is left once training ends.
  public var rounded: UniformInteger {
    let steps = steps
    var integers = [Int32](repeating: 0, count: steps.count)
    shape.forEachRun(along: axis) { channel, run in
      let (lower, upper) = limits(channel)
      for i in run { integers[i] = Int32(min(max(steps[i], lower), upper)) + zeroPoints[channel] }
    }
    return UniformInteger(
      shape: shape,
      integers: integers,
      scales: scales,
      zeroPoints: zeroPoints,
      bits: bits,
      isSigned: isSigned,
      axis: axis
    )
  }

  public var storedBits: Int {
    32 * free.count + (mask?.count ?? 0) + (32 + bits) * scales.count
  }

  public func decoded() -> Tensor {
    var weights = steps
    weights.withUnsafeMutableBufferPointer { weights in
      shape.forEachRun(along: axis) { channel, run in
        let scale = scales[channel]
        let (lower, upper) = limits(channel)
        // Adding 0 turns −0 into the 0 that an integer gives.
        for i in run { weights[i] = scale * min(max(weights[i], lower), upper) + 0 }
      }
    }
    return Tensor(shape, weights)
  }

  public func pullback(_ gradient: Tensor) -> [Float] {
    let steps = steps
    var slopes = gradient.scalars
    slopes.withUnsafeMutableBufferPointer { slopes in
      shape.forEachRun(along: axis) { channel, run in
        let (lower, upper) = limits(channel)
        for i in run where steps[i] < lower || steps[i] > upper { slopes[i] = 0 }
      }
    }
    return mask.map { zip(slopes, $0).filter(\.1).map(\.0) } ?? slopes
  }

  // MARK: Stored form

  public var stored: StoredParameter {
    var stored = StoredParameter(
      shape: shape,
      attributes: ["bits": bits, "signed": isSigned ? 1 : 0, "axis": axis ?? -1],
      floats: [free, scales],
      integers: [zeroPoints.map { Int($0) }]
    )
    if let mask {
      stored.attributes["masked"] = 1
      stored.symbols = mask.map { $0 ? 1 : 0 }
    }
    return stored
  }

  public init(stored: StoredParameter) throws(EncodingError) {
    let isMasked = stored.attributes["masked"] == 1
    try stored.require(Self.name, floats: 2, integers: 1, symbols: isMasked)
    try stored.require(Self.name, alphabet: 2)
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
    let kept = isMasked ? stored.symbols.count { $0 == 1 } : stored.shape.count
    try StoredParameter.require(Self.name, "weights", count: weights.count, is: kept)
    try StoredParameter.require(Self.name, "scales", count: stored.floats[1].count, is: channels)
    try StoredParameter.require(
      Self.name,
      "zero points",
      count: stored.integers[0].count,
      is: channels
    )
    isSigned = stored.attributes["signed"] == 1
    let range = Self.range(bits: bits, isSigned: isSigned)
    guard
      stored.integers[0].allSatisfy({ Int(range.lowerBound)...Int(range.upperBound) ~= $0 })
    else {
      throw EncodingError(Self.name, expected: "zero points in \(range)", actual: "others")
    }
    shape = stored.shape
    self.bits = bits
    self.axis = axis
    scales = stored.floats[1]
    zeroPoints = stored.integers[0].map { Int32($0) }
    mask = isMasked ? stored.symbols.map { $0 == 1 } : nil
    free = weights
  }

  public static func symbolTable(of stored: StoredParameter) -> SymbolTable? {
    stored.attributes["masked"] == 1 ? SymbolTable(values: [0, 1], zero: 0) : nil
  }
}

/// The nearest whole number, ties to even, at most ±2²¹; NaN gives 0.
///
/// Adding 1.5 · 2²³ leaves no bit for fractions, so the sum is rounded as all sums are.
@inline(__always)
private func roundedToEven(_ x: Float) -> Float {
  let bounded = min(max(x, -0x1p21), 0x1p21)
  let rounded = (bounded + 0x1.8p23) - 0x1.8p23
  return x == x ? rounded : 0
}
