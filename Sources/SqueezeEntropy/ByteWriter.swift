/// Little-endian bytes, written one value after the other.
public struct ByteWriter: Sendable, Hashable {
  /// What has been written so far.
  public private(set) var bytes: [UInt8] = []

  public init() {}

  public init(reservingCapacity capacity: Int) { bytes.reserveCapacity(capacity) }

  public var count: Int { bytes.count }

  public mutating func write(_ value: UInt8) { bytes.append(value) }

  public mutating func write(_ value: UInt16) { writeLittleEndian(value) }

  public mutating func write(_ value: UInt32) { writeLittleEndian(value) }

  public mutating func write(_ value: UInt64) { writeLittleEndian(value) }

  /// Writes the IEEE 754 bit pattern of `value`.
  public mutating func write(_ value: Float) { writeLittleEndian(value.bitPattern) }

  public mutating func write(contentsOf other: some Sequence<UInt8>) {
    bytes.append(contentsOf: other)
  }

  /// Writes a count or length as an unsigned LEB128 number: 7 bits a byte, low bits first.
  public mutating func writeVarint(_ value: some BinaryInteger) {
    precondition(value >= 0, "a varint is unsigned, got \(value)")
    var rest = UInt64(value)
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func writeLittleEndian(_ value: some FixedWidthInteger) {
    var rest = value
    for _ in 0..<(value.bitWidth / 8) {
      bytes.append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
  }
}
