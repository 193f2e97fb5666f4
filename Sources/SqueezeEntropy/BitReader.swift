/// Bits, most significant first, read from a slice that is never left.
///
/// Beyond the end zero bits come; `finish()` says whether any of them was used. A loop therefore
/// needs no check per symbol.
public struct BitReader {
  private let bytes: UnsafeRawBufferPointer
  /// The next byte to load.
  private var position = 0
  /// The unread bits, left-aligned; the bits below `available` are zero.
  private var window: UInt64 = 0
  private var available = 0
  /// Zero bits made up beyond the end.
  private var invented = 0

  /// Reads from `bytes`, which must outlive the reader.
  public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// The next `count` bits without taking them, 0 to 32 of them.
  @inline(__always)
  public mutating func peek(_ count: Int) -> UInt32 {
    if available < count { refill() }
    return UInt32(truncatingIfNeeded: (window &>> 1) &>> UInt64(truncatingIfNeeded: 63 &- count))
  }

  /// Takes `count` bits that were just looked at.
  @inline(__always)
  public mutating func skip(_ count: Int) {
    window = window &<< UInt64(truncatingIfNeeded: count)
    available &-= count
  }

  /// Takes the next `count` bits, 0 to 32 of them.
  @inline(__always)
  public mutating func read(_ count: Int) -> UInt32 {
    let value = peek(count)
    skip(count)
    return value
  }

  /// Whether bits beyond the end were taken.
  public var isPastEnd: Bool { invented > available }

  /// Throws unless the slice was used up to the padding of its last byte, which must be zero.
  public func finish(_ place: String) throws(EntropyError) {
    guard !isPastEnd else { throw .truncated(place) }
    guard bytes.count - position + (available - invented) / 8 == 0, window == 0 else {
      throw .malformed("\(place): bytes are left over")
    }
  }

  @inline(never)
  private mutating func refill() {
    while available <= 56 {
      if position < bytes.count {
        window |= UInt64(bytes[position]) &<< UInt64(truncatingIfNeeded: 56 &- available)
        position += 1
      } else {
        invented += 8
      }
      available += 8
    }
  }
}
