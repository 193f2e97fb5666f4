/// SplitMix64, a random generator that gives the same sequence on every machine for one seed.
///
/// Source: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators" (2014), §5.
public struct SeededGenerator: RandomNumberGenerator, Sendable, Hashable, Codable {
  private var state: UInt64

  /// Creates a generator; equal seeds give equal sequences.
  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number in `[0, 1)` with 24 random bits.
  public mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }

  /// A number in `[lower, upper)`.
  public mutating func uniform(_ lower: Float, _ upper: Float) -> Float {
    lower + (upper - lower) * uniform()
  }

  /// A tensor whose elements are uniform in `[-1, 1)`, or whole numbers in the type's range,
  /// at most ±100, for an integer type.
  public mutating func tensor(_ spec: TensorSpec) -> Tensor {
    guard let range = spec.type.range else {
      let scalars = (0..<spec.shape.count).map { _ in uniform(-1, 1) }
      return Tensor(spec.shape, scalars, type: spec.type)
    }
    let bounds = max(range.lowerBound, -100)...min(range.upperBound, 100)
    let integers = (0..<spec.shape.count).map { _ in Int.random(in: bounds, using: &self) }
    return Tensor(spec.shape, integers: integers, type: spec.type)
  }
}
