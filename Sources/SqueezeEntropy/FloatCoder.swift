/// A lossless coder of 32-bit floats: codebooks, biases, dense weights.
///
/// It works on IEEE 754 bit patterns with integers only, so every value comes back as it was,
/// signed zeros, infinities and NaN payloads included. The first byte says how the rest is coded;
/// the encoder takes the shortest way that fits:
///
/// - 0: the bit patterns themselves, little endian;
/// - 1: ascending tables, see `FloatTable`;
/// - 2: few values, see `FloatModel`: the high bits adaptively;
/// - 3: many values: sign, exponent and three bits of the significand by static rANS, the other bits
///   as they are, without those that are zero in all values.
public enum FloatCoder {
  private enum Way: UInt8 {
    case raw = 0
    case table, few, many
  }

  /// How many values are many.
  static let manyCount = 8192

  /// The bits below sign, exponent and three bits of the significand.
  private static let lowBits = 20

  /// All values as bytes; none for none.
  public static func encode(_ values: [Float]) -> [UInt8] {
    let bits = values.map(\.bitPattern)
    guard !bits.isEmpty else { return [] }
    var best = [Way.raw.rawValue] + raw(bits)
    func consider(_ way: Way, _ bytes: [UInt8]) {
      if bytes.count + 1 < best.count { best = [way.rawValue] + bytes }
    }
    if let table = FloatTable(ascending: bits) { consider(.table, table.encode()) }
    if bits.count < manyCount {
      consider(.few, FloatModel.encode(bits))
    } else {
      consider(.many, encodeMany(bits))
    }
    return best
  }

  /// The `count` values that were encoded.
  ///
  /// - Throws: `EntropyError` when the bytes end early, are damaged or too many.
  public static func decode(
    _ bytes: ArraySlice<UInt8>,
    count: Int
  ) throws(EntropyError) -> [Float] {
    guard count > 0 else {
      guard bytes.isEmpty, count == 0 else { throw .malformed("floats: bytes are left over") }
      return []
    }
    guard let way = bytes.first else { throw .truncated("floats") }
    let rest = bytes.dropFirst()
    switch Way(rawValue: way) {
    case .raw: return try decodeRaw(rest, count: count)
    case .table: return try FloatTable.decode(rest, count: count)
    case .few: return try FloatModel.decode(rest, count: count)
    case .many: return try decodeMany(rest, count: count)
    case nil: throw .malformed("floats: unknown way \(way)")
    }
  }

  // MARK: Raw

  private static func raw(_ bits: [UInt32]) -> [UInt8] {
    var writer = ByteWriter(reservingCapacity: 4 * bits.count)
    for pattern in bits { writer.write(pattern) }
    return writer.bytes
  }

  private static func decodeRaw(
    _ bytes: ArraySlice<UInt8>,
    count: Int
  ) throws(EntropyError) -> [Float] {
    guard bytes.count / 4 >= count else { throw .truncated("floats") }
    guard bytes.count == 4 * count else { throw .malformed("floats: bytes are left over") }
    return bytes.withUnsafeBytes { bytes in
      (0..<count).map { index in
        let pattern = bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
        return Float(bitPattern: pattern.littleEndian)
      }
    }
  }

  // MARK: Many

  /// The plane of the high bits; every pattern of 12 bits is a symbol.
  private static func highLayout(count: Int) throws(EntropyError) -> SymbolLayout {
    try SymbolLayout(rows: count, columns: 1, zero: nil, levels: Array(0..<4096))
  }

  private static func encodeMany(_ bits: [UInt32]) -> [UInt8] {
    let union = bits.reduce(UInt32(0), |)
    let unused = min(union.trailingZeroBitCount, lowBits)
    let symbols = bits.map { UInt16($0 >> UInt32(lowBits)) }
    guard
      let plane = try? SymbolPlane(layout: highLayout(count: bits.count), symbols: symbols)
    else { return raw(bits) }
    let high = RANSCoder.encode(plane)
    var low = BitWriter(reservingCapacity: 3 * bits.count)
    for pattern in bits {
      low.write(pattern >> UInt32(unused), bits: lowBits - unused)
    }
    var writer = ByteWriter(reservingCapacity: 4 * bits.count)
    writer.write(UInt8(unused))
    writer.writeVarint(high.count)
    writer.write(contentsOf: high)
    writer.write(contentsOf: low.finish())
    return writer.bytes
  }

  private static func decodeMany(
    _ bytes: ArraySlice<UInt8>,
    count: Int
  ) throws(EntropyError) -> [Float] {
    var reader = ByteReader(bytes, of: "floats")
    let unused = Int(try reader.readUInt8())
    guard unused <= lowBits else {
      throw .malformed("floats: expected up to \(lowBits) unused bits, got \(unused)")
    }
    let length = try reader.readVarint()
    let high = try RANSCoder.decode(
      reader.readSlice(length),
      layout: highLayout(count: count)
    )
    let width = lowBits - unused
    let low = reader.readRest()
    guard low.count == (count * width + 7) / 8 else {
      throw low.count < (count * width + 7) / 8
        ? .truncated("floats") : .malformed("floats: bytes are left over")
    }
    return low.withUnsafeBytes { low in
      var reader = BitReader(low)
      return [Float](unsafeUninitializedCapacity: count) { values, initialized in
        high.withUnsafeBufferPointer { high in
          for index in 0..<count {
            let pattern =
              UInt32(high[index]) << UInt32(lowBits) | reader.read(width) << UInt32(unused)
            values[index] = Float(bitPattern: pattern)
          }
        }
        initialized = count
      }
    }
  }
}
