/// Canonical Huffman codes of at most 16 bits, for comparison with Deep Compression.
///
/// Huffman, "A method for the construction of minimum-redundancy codes" (1952); lengths are limited
/// optimally, see `HuffmanLengths`. A stream is: the length of the coded code lengths and they; the
/// codes, most significant bit first.
public enum HuffmanCoder: SymbolCoder {
  public static let identifier: UInt8 = 4
  public static let name = "huffman"
  public static let decodingTime = DecodingTime(nanosecondsPerSymbol: 3.9)

  public static func encode(_ plane: SymbolPlane) -> [UInt8] {
    guard !plane.symbols.isEmpty else { return [] }
    var counts = [Int](repeating: 0, count: plane.layout.alphabet)
    for symbol in plane.symbols { counts[Int(symbol)] += 1 }
    let lengths = HuffmanLengths.lengths(counts: counts)
    let table = AdaptiveIntegers.encode(lengths.map(UInt32.init))
    let codes = HuffmanLengths.codes(lengths: lengths)
    var bits = BitWriter(reservingCapacity: plane.symbols.count)
    for symbol in plane.symbols {
      bits.write(codes[Int(symbol)], bits: Int(lengths[Int(symbol)]) - 1)
    }
    var writer = ByteWriter()
    writer.writeVarint(table.count)
    writer.write(contentsOf: table)
    writer.write(contentsOf: bits.finish())
    return writer.bytes
  }

  public static func decode(
    _ bytes: ArraySlice<UInt8>,
    layout: SymbolLayout
  ) throws(EntropyError) -> [UInt16] {
    var reader = ByteReader(bytes, of: "Huffman symbols")
    guard layout.count > 0 else {
      guard reader.isAtEnd else { throw .malformed("Huffman symbols: bytes are left over") }
      return []
    }
    let length = try reader.readVarint()
    let lengths = try AdaptiveIntegers.decode(
      reader.readSlice(length),
      count: layout.alphabet,
      of: "Huffman code lengths"
    )
    let decoder = try HuffmanDecoder(lengths: lengths)
    return try decoder.decode(reader.readRest(), count: layout.count)
  }
}

/// Decodes canonical codes by looking up their first 11 bits, or all 16.
private struct HuffmanDecoder {
  private static let fastBits = 11
  /// For the next 11 bits: `symbol · 32 + length`, or 0 if the code is longer.
  private var fast = [UInt32](repeating: 0, count: 1 << fastBits)
  /// For length `l`: the end of its codes, left-aligned in 16 bits.
  private var ends = [UInt32](repeating: 0, count: 18)
  /// For length `l`: the place of its first code in `sorted`, less that code.
  private var shifts = [Int](repeating: 0, count: 18)
  private var sorted: [UInt16]
  /// The only symbol, if there is no other.
  private var only: UInt16?

  init(lengths: [UInt32]) throws(EntropyError) {
    guard lengths.allSatisfy({ $0 <= 17 }) else {
      throw .malformed("Huffman code lengths: more than 16 bits")
    }
    // A length is stored plus one, 0 meaning a symbol that does not occur.
    var histogram = [Int](repeating: 0, count: 18)
    for length in lengths { histogram[Int(length)] += 1 }
    var kraft = 0
    for length in 1...17 { kraft += histogram[length] << (17 - length) }
    guard kraft == 1 << 16 else {
      throw .malformed("Huffman code lengths: not a complete code")
    }
    sorted = []
    sorted.reserveCapacity(lengths.count)
    for length in 1...17 where histogram[length] > 0 {
      for (symbol, own) in lengths.enumerated() where own == length {
        sorted.append(UInt16(truncatingIfNeeded: symbol))
      }
    }
    if histogram[1] == 1 { only = sorted[0] }
    var code = 0
    var place = 0
    for length in 1...16 {
      code <<= 1
      let count = histogram[length + 1]
      shifts[length] = place - code
      for offset in 0..<count where length <= Self.fastBits {
        let free = Self.fastBits - length
        let entry = UInt32(sorted[place + offset]) << 5 | UInt32(length)
        let first = (code + offset) << free
        for slot in first..<first + 1 << free { fast[slot] = entry }
      }
      code += count
      place += count
      ends[length] = UInt32(code << (16 - length))
    }
  }

  func decode(_ bytes: ArraySlice<UInt8>, count: Int) throws(EntropyError) -> [UInt16] {
    if let only {
      guard bytes.isEmpty else { throw .malformed("Huffman symbols: bytes are left over") }
      return Array(repeating: only, count: count)
    }
    var failure: EntropyError?
    let symbols = [UInt16](unsafeUninitializedCapacity: count) { symbols, initialized in
      bytes.withUnsafeBytes { bytes in
        var reader = BitReader(bytes)
        fast.withUnsafeBufferPointer { fast in
          for index in 0..<count {
            let window = reader.peek(16)
            let entry = fast[Int(window) >> (16 - Self.fastBits)]
            if entry != 0 {
              reader.skip(Int(entry & 31))
              symbols[index] = UInt16(truncatingIfNeeded: entry >> 5)
            } else {
              var length = Self.fastBits + 1
              while length < 16, window >= ends[length] { length += 1 }
              reader.skip(length)
              symbols[index] = sorted[shifts[length] + Int(window) >> (16 - length)]
            }
          }
        }
        do throws(EntropyError) {
          try reader.finish("Huffman symbols")
        } catch {
          failure = error
        }
      }
      initialized = count
    }
    if let failure { throw failure }
    return symbols
  }
}
