/// Running sums of values over a channel and what they say of the next value.
struct ChannelSums: BitwiseCopyable {
  var magnitudes = 0
  var signed = 0

  /// The mean magnitude so far over the plane's, in 1/256, after `doubt` weights of mean magnitude.
  ///
  /// `scale` is `2⁴⁴ / ((weights + doubt) · density)`, `density` the plane's in 1/65536.
  @inline(__always)
  func relativeMagnitude(scale: UInt64, doubt: Int, density: Int) -> Int {
    let sum = UInt64(bitPattern: Int64(magnitudes &<< 16 &+ doubt &* density &* 256))
    return min(Int(truncatingIfNeeded: (sum &* scale) &>> 44), 2047)
  }

  /// The mean value so far, zeros included, in 1/256 of the mean magnitude.
  ///
  /// `scale` is `2²⁰ / (weights + doubt)`.
  @inline(__always)
  func mean(scale: Int) -> Int32 {
    Int32(truncatingIfNeeded: (signed &* scale) &>> 20)
  }

  @inline(__always)
  mutating func add(magnitude: Int32, _ value: Int32) {
    magnitudes &+= Int(magnitude)
    signed &+= Int(value)
  }

  @inline(__always)
  mutating func add(_ other: ChannelSums) {
    magnitudes &+= other.magnitudes
    signed &+= other.signed
  }
}

/// Puts ratios in 1/256, up to 2047, into eight classes by their logarithm.
struct RatioClasses {
  private let classes: UnsafeMutablePointer<UInt8>

  /// Bounds `256 · e^(−0.75 + k/4)`.
  static let fine = [121, 155, 199, 256, 329, 422, 542]
  /// Bounds `256 · e^(−1.5 + k/2)`.
  static let coarse = [57, 94, 155, 256, 422, 696, 1147]

  init(bounds: [Int], _ memory: ScratchMemory) {
    classes = memory.allocate(2048, repeating: 0)
    for bound in bounds { for ratio in bound..<2048 { classes[ratio] += 1 } }
  }

  @inline(__always)
  subscript(ratio: Int) -> Int { Int(classes[ratio]) }
}
