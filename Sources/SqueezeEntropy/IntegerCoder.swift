/// Codes lists of whole numbers in which neighbours are often equal: zero points, lengths, counts.
///
/// One adaptive bit says whether a number equals the one before (0 before the first), so that a
/// constant list takes a few bytes whatever its length. Otherwise the bit length of the zigzag
/// number and its two bits below the leading one are coded adaptively, the rest as even chances.
public enum IntegerCoder {
  /// The numbers as bytes; the caller keeps how many they are.
  public static func encode(_ values: [Int]) -> [UInt8] {
    guard !values.isEmpty else { return [] }
    var encoder = BinaryEncoder()
    var values = values
    code(&values, &encoder)
    return encoder.finish()
  }

  /// The `count` numbers that were encoded.
  ///
  /// - Throws: `EntropyError` when the bytes end early, are damaged or too many.
  public static func decode(
    _ bytes: ArraySlice<UInt8>,
    count: Int
  ) throws(EntropyError) -> [Int] {
    guard count > 0 else {
      guard bytes.isEmpty, count == 0 else { throw .malformed("integers: bytes are left over") }
      return []
    }
    var values = [Int](repeating: 0, count: count)
    try BinaryDecoder.decode(bytes, "integers") { decoder in code(&values, &decoder) }
    return values
  }

  private static func code(_ values: inout [Int], _ coder: inout some BinaryCoder) {
    let memory = ScratchMemory()
    let model = Model(memory)
    var last = 0
    var isSame = 0
    for index in values.indices {
      guard !coder.isExhausted else { break }
      let value = values[index]
      isSame = coder.code(value == last ? 1 : 0, model.same + isSame, model.tables)
      if isSame == 0 {
        let zigzag = UInt64(bitPattern: Int64(value << 1 ^ value >> 63))
        let coded = model.code(zigzag, &coder)
        last = Int(bitPattern: UInt(coded >> 1)) ^ -Int(coded & 1)
      }
      values[index] = last
    }
    withExtendedLifetime(memory) {}
  }

  private struct Model {
    let same: UnsafeMutablePointer<AdaptiveBit.State>
    let lengths: UnsafeMutablePointer<AdaptiveBit.State>
    let tops: UnsafeMutablePointer<AdaptiveBit.State>
    let tables = CodingTables.shared

    private static let modelledBits = 2

    init(_ memory: ScratchMemory) {
      same = memory.allocate(2, repeating: AdaptiveBit.unknown)
      lengths = memory.allocate(128, repeating: AdaptiveBit.unknown)
      tops = memory.allocate(65 << Self.modelledBits, repeating: AdaptiveBit.unknown)
    }

    func code(_ value: UInt64, _ coder: inout some BinaryCoder) -> UInt64 {
      let length = 64 - value.leadingZeroBitCount
      var node = 1
      for shift in (0..<7).reversed() {
        node = 2 * node + coder.code(length >> shift & 1, lengths + node, tables)
      }
      let codedLength = min(node - 128, 64)
      guard codedLength > 1 else { return UInt64(codedLength) }

      var result: UInt64 = 1
      let modelled = min(codedLength - 1, Self.modelledBits)
      let states = tops + codedLength << Self.modelledBits
      var top = 1
      for position in 1...modelled {
        let bit = Int(truncatingIfNeeded: value >> UInt64(codedLength - 1 - position)) & 1
        let coded = coder.code(bit, states + top, tables)
        top = 2 * top + coded
        result = result << 1 | UInt64(coded)
      }
      var raw = codedLength - 1 - modelled
      while raw > 0 {
        let bits = min(raw, 32)
        raw -= bits
        let part = UInt32(truncatingIfNeeded: value >> UInt64(raw))
        result = result << UInt64(bits) | UInt64(coder.codeRaw(part, bits: bits))
      }
      return result
    }
  }
}
