/// How often numbers of each size occur, in bounded memory however many there are.
///
/// Bins have a width of a power of two and 0 as a border. Where a number lies outside, neighbouring bins
/// join until it fits, so the result depends neither on the order of the numbers nor on how they were
/// cut into batches. Exact zeros are counted apart: every grid holds them.
public struct StreamingHistogram: Sendable, Hashable {
  /// The number of bins, half of them below 0.
  public static let binCount = 8192
  /// The smallest exponent of a width; finer differences do not matter.
  private static let smallestExponent = -120

  /// The counts of the bins; bin `i` covers `width · (i − binCount/2)` and `width` on.
  public private(set) var counts = [Int](repeating: 0, count: binCount)
  /// The numbers that are exactly 0.
  public private(set) var zeroCount = 0
  /// The smallest and the largest number, and 0.
  public private(set) var range: ClosedRange<Float> = 0...0
  private var exponent = smallestExponent

  /// Creates an empty histogram.
  public init() {}

  /// The width of a bin.
  public var width: Float { Float(sign: .plus, exponent: exponent, significand: 1) }
  /// How many numbers were counted.
  public var count: Int { counts.reduce(zeroCount, +) }

  /// Counts finite numbers.
  ///
  /// - Returns: the first number that is not finite, in which case none is counted; `nil` if there is none.
  @discardableResult
  public mutating func add(_ numbers: [Float]) -> Float? {
    var (lower, upper) = (Float(0), Float(0))
    for number in numbers {
      guard number.isFinite else { return number }
      lower = min(lower, number)
      upper = max(upper, number)
    }
    range = min(range.lowerBound, lower)...max(range.upperBound, upper)
    widen(for: max(-lower, upper))
    let (factor, half) = (1 / width, Self.binCount / 2)
    var zeros = 0
    counts.withUnsafeMutableBufferPointer { counts in
      for number in numbers {
        if number == 0 {
          zeros += 1
        } else {
          // A product with a power of two is exact; truncation moves what is below 0 towards it.
          let scaled = number * factor
          let whole = Int(scaled)
          counts[(scaled < Float(whole) ? whole - 1 : whole) + half] += 1
        }
      }
    }
    zeroCount += zeros
    return nil
  }

  /// Adds what another histogram counted.
  public mutating func merge(_ other: StreamingHistogram) {
    var other = other
    let wider = max(exponent, other.exponent)
    join(to: wider)
    other.join(to: wider)
    for i in counts.indices { counts[i] += other.counts[i] }
    zeroCount += other.zeroCount
    range = range.union(other.range)
  }

  /// Makes bins wide enough for a magnitude.
  private mutating func widen(for magnitude: Float) {
    var wider = exponent
    // A number on the upper border would lie beyond the last bin.
    while Float(sign: .plus, exponent: wider, significand: Float(Self.binCount / 2 - 1)) < magnitude
    {
      wider += 1
    }
    join(to: wider)
  }

  /// Joins bins until they have a width.
  private mutating func join(to wider: Int) {
    guard wider > exponent else { return }
    let half = Self.binCount / 2
    let shift = min(wider - exponent, 62)
    exponent = wider
    var joined = [Int](repeating: 0, count: Self.binCount)
    // An arithmetic shift rounds down, so 0 stays a border.
    for (i, count) in counts.enumerated() where count > 0 {
      joined[((i - half) >> shift) + half] += count
    }
    counts = joined
  }

  /// The centres of the bins that hold something, with their counts.
  public var occupied: [(value: Float, count: Int)] {
    counts.indices.filter { counts[$0] > 0 }.map { (centre($0), counts[$0]) }
  }

  /// The range that a grid of so many steps is to cover, by a rule; it holds 0.
  public func range(_ rule: RangeRule, steps: Int) -> ClosedRange<Float> {
    GridSearch(self, steps: steps).range(rule)
  }

  /// The middle of a bin.
  func centre(_ bin: Int) -> Float { width * (Float(bin - Self.binCount / 2) + 0.5) }
}
