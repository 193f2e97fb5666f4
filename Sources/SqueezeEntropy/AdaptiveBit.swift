/// A probability that learns by counting.
///
/// The high 22 bits hold the probability of a 1, the low 10 bits a count `n`: after each bit the
/// probability moves towards it by `1 / (n + 2)`, and `n` grows up to a limit, so the estimate is
/// first a running mean and later an exponential one.
enum AdaptiveBit {
  typealias State = UInt32

  /// An even chance that knows nothing.
  static let unknown = state(probability: 32768, count: 0)

  /// A state that believes in `probability` (in 1/65536) as firmly as after `count` bits.
  @inline(__always)
  static func state(probability: UInt32, count: UInt32) -> State {
    min(max(probability, 64), 65472) &<< 16 | min(count, 1023)
  }

  /// The probability of a 1 in 1/65536.
  @inline(__always)
  static func probability(_ state: State) -> UInt32 { state &>> 16 | 1 }

  /// The state after `bit` was seen; its count grows up to `limit`, at most 1023.
  @inline(__always)
  static func next(
    _ state: State,
    _ bit: Int,
    limit: UInt32,
    _ tables: CodingTables
  ) -> State {
    let count = state & 1023
    let error = Int64(bit &<< 22) &- Int64(state &>> 10)
    let step = (error &* Int64(tables.steps[Int(count)])) &>> 16
    let moved = state &+ UInt32(truncatingIfNeeded: step) &<< 10
    return moved &+ (count < limit ? 1 : 0)
  }
}

extension BinaryCoder {
  /// Codes a bit with the probability of `state`, which then learns from it.
  @inline(__always)
  mutating func code(
    _ bit: Int,
    _ state: UnsafeMutablePointer<AdaptiveBit.State>,
    limit: UInt32 = 255,
    _ tables: CodingTables
  ) -> Int {
    let before = state.pointee
    let coded = code(bit, probability: AdaptiveBit.probability(before))
    state.pointee = AdaptiveBit.next(before, coded, limit: limit, tables)
    return coded
  }
}
