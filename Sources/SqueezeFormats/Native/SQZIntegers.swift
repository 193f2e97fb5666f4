import SqueezeEntropy

/// Lists of whole numbers: zigzag varints, as they are (first byte 0) or through `ByteCoder` with
/// their number of bytes before (first byte 1), or through `IntegerCoder` (first byte 2), whichever is
/// shortest.
enum SQZIntegers {
  static func encode(_ values: [Int]) -> [UInt8] {
    var plain = ByteWriter()
    for value in values {
      // Two halves, because a varint has 63 bits: the sign is the lowest bit of the first.
      let zigzag = UInt64(bitPattern: Int64(value << 1 ^ value >> 63))
      plain.writeVarint(zigzag & 0xFFFF_FFFF)
      plain.writeVarint(zigzag >> 32)
    }
    var text = ByteWriter()
    text.writeVarint(plain.count)
    text.write(contentsOf: ByteCoder.encode(plain.bytes))
    let ways = [[2] + IntegerCoder.encode(values), [1] + text.bytes, [0] + plain.bytes]
    return ways.dropFirst().reduce(ways[0]) { $1.count < $0.count ? $1 : $0 }
  }

  static func decode(_ bytes: ArraySlice<UInt8>, count: Int) throws(EntropyError) -> [Int] {
    let place = "integers"
    guard let form = bytes.first, form < 3 else { throw .malformed(place) }
    if form == 2 { return try IntegerCoder.decode(bytes.dropFirst(), count: count) }
    var reader = ByteReader(bytes.dropFirst(), of: place)
    if form == 1 {
      let length = try reader.readVarint(atMost: 10 * count)
      let plain = try ByteCoder.decode(reader.readRest(), count: length)
      reader = ByteReader(plain[...], of: place)
    }
    guard reader.remaining >= 2 * count else { throw .truncated(place) }
    var values: [Int] = []
    values.reserveCapacity(count)
    for _ in 0..<count {
      let low = UInt64(try reader.readVarint(atMost: 0xFFFF_FFFF))
      let zigzag = UInt64(try reader.readVarint(atMost: 0xFFFF_FFFF)) << 32 | low
      values.append(Int(bitPattern: UInt(zigzag >> 1)) ^ -Int(zigzag & 1))
    }
    guard reader.isAtEnd else { throw .malformed(place) }
    return values
  }
}
