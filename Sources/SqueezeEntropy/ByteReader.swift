/// Little-endian values, read one after the other from a slice that is never copied nor left.
public struct ByteReader: Sendable {
  private let bytes: ArraySlice<UInt8>
  private var position: Int
  private let place: String

  /// `place` says what the bytes are and is named in every error.
  public init(_ bytes: ArraySlice<UInt8>, of place: String) {
    self.bytes = bytes
    self.position = bytes.startIndex
    self.place = place
  }

  /// Bytes not yet read.
  public var remaining: Int { bytes.endIndex - position }

  public var isAtEnd: Bool { remaining == 0 }

  public mutating func readUInt8() throws(EntropyError) -> UInt8 {
    guard position < bytes.endIndex else { throw .truncated(place) }
    defer { position += 1 }
    return bytes[position]
  }

  public mutating func readUInt16() throws(EntropyError) -> UInt16 { try readLittleEndian() }

  public mutating func readUInt32() throws(EntropyError) -> UInt32 { try readLittleEndian() }

  public mutating func readUInt64() throws(EntropyError) -> UInt64 { try readLittleEndian() }

  /// Reads an IEEE 754 bit pattern.
  public mutating func readFloat() throws(EntropyError) -> Float {
    Float(bitPattern: try readLittleEndian())
  }

  /// Reads the next `count` bytes as a slice of the original.
  public mutating func readSlice(_ count: Int) throws(EntropyError) -> ArraySlice<UInt8> {
    guard count >= 0, count <= remaining else { throw .truncated(place) }
    defer { position += count }
    return bytes[position..<position + count]
  }

  /// Reads all bytes that are left.
  public mutating func readRest() -> ArraySlice<UInt8> {
    defer { position = bytes.endIndex }
    return bytes[position...]
  }

  /// Reads an unsigned LEB128 number in its shortest form.
  ///
  /// `limit` is the largest number that makes sense here; a larger one is malformed.
  public mutating func readVarint(atMost limit: Int = .max) throws(EntropyError) -> Int {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = try readUInt8()
      let digit = UInt64(byte & 0x7F)
      guard shift < 63 else { throw .malformed("\(place): a number of more than 63 bits") }
      value |= digit << shift
      if byte < 0x80 {
        guard byte != 0 || shift == 0 else {
          throw .malformed("\(place): a number not in its shortest form")
        }
        break
      }
      shift += 7
    }
    guard value <= UInt64(limit) else {
      throw .malformed("\(place): expected a number up to \(limit), got \(value)")
    }
    return Int(value)
  }

  private mutating func readLittleEndian<T: FixedWidthInteger & UnsignedInteger>()
    throws(EntropyError) -> T
  {
    let width = T.bitWidth / 8
    guard width <= remaining else { throw .truncated(place) }
    var value: T = 0
    for offset in (0..<width).reversed() {
      value = value << 8 | T(bytes[position + offset])
    }
    position += width
    return value
  }
}
