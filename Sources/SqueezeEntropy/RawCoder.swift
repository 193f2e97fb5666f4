/// Symbols of ⌈log₂ alphabet⌉ bits each.
public enum RawCoder: SymbolCoder {
  public static let identifier: UInt8 = 0
  public static let name = "raw"
  public static let decodingTime = DecodingTime(nanosecondsPerSymbol: 2.3)

  public static func encode(_ plane: SymbolPlane) -> [UInt8] {
    let width = bitWidth(alphabet: plane.layout.alphabet)
    var writer = BitWriter(reservingCapacity: plane.symbols.count * width / 8 + 1)
    for symbol in plane.symbols { writer.write(UInt32(symbol), bits: width) }
    return writer.finish()
  }

  public static func decode(
    _ bytes: ArraySlice<UInt8>,
    layout: SymbolLayout
  ) throws(EntropyError) -> [UInt16] {
    let width = bitWidth(alphabet: layout.alphabet)
    guard bytes.count == (layout.count * width + 7) / 8 else {
      throw bytes.count < (layout.count * width + 7) / 8
        ? .truncated("raw symbols") : .malformed("raw symbols: bytes are left over")
    }
    var largest: UInt32 = 0
    let symbols = bytes.withUnsafeBytes { bytes in
      [UInt16](unsafeUninitializedCapacity: layout.count) { symbols, count in
        var reader = BitReader(bytes)
        for index in 0..<layout.count {
          let symbol = reader.read(width)
          largest = max(largest, symbol)
          symbols[index] = UInt16(truncatingIfNeeded: symbol)
        }
        count = layout.count
      }
    }
    guard largest < layout.alphabet else {
      throw .malformed("raw symbols: symbol \(largest) of \(layout.alphabet)")
    }
    return symbols
  }

  /// ⌈log₂ alphabet⌉, 0 to 16.
  static func bitWidth(alphabet: Int) -> Int {
    Int.bitWidth - (alphabet - 1).leadingZeroBitCount
  }
}
