/// Bits, most significant first, packed into bytes.
public struct BitWriter: Sendable {
  private var bytes: [UInt8] = []
  private var pending: UInt64 = 0
  private var pendingBits = 0

  public init() {}

  public init(reservingCapacity capacity: Int) { bytes.reserveCapacity(capacity) }

  /// Bits written so far.
  public var bitCount: Int { bytes.count * 8 + pendingBits }

  /// Writes the low `count` bits of `value`, 0 to 32 of them.
  @inline(__always)
  public mutating func write(_ value: UInt32, bits count: Int) {
    precondition(0...32 ~= count, "0 to 32 bits at a time, got \(count)")
    let mask = (UInt64(1) << UInt64(count)) - 1
    pending = pending << UInt64(count) | UInt64(value) & mask
    pendingBits += count
    while pendingBits >= 8 {
      pendingBits -= 8
      bytes.append(UInt8(truncatingIfNeeded: pending >> UInt64(pendingBits)))
    }
  }

  /// The bytes; the last one is filled with zero bits.
  public func finish() -> [UInt8] {
    guard pendingBits > 0 else { return bytes }
    return bytes + [UInt8(truncatingIfNeeded: pending << UInt64(8 - pendingBits))]
  }
}
