/// Codes a few floats: how far the exponent lies below the largest one, the sign and the first bits
/// of the significand adaptively; the rest as even chances.
///
/// Biases of one layer have few exponents and noise below them.
struct FloatModel {
  private let falls: UnsafeMutablePointer<AdaptiveBit.State>
  private let escapes: UnsafeMutablePointer<AdaptiveBit.State>
  private let signs: UnsafeMutablePointer<AdaptiveBit.State>
  private let tops: UnsafeMutablePointer<AdaptiveBit.State>
  private let tables = CodingTables.shared

  private static let longestFall = 24

  private init(_ memory: ScratchMemory) {
    falls = memory.allocate(Self.longestFall + 1, repeating: AdaptiveBit.unknown)
    escapes = memory.allocate(256, repeating: AdaptiveBit.unknown)
    signs = memory.allocate(1, repeating: AdaptiveBit.unknown)
    tops = memory.allocate(4, repeating: AdaptiveBit.unknown)
  }

  static func encode(_ bits: [UInt32]) -> [UInt8] {
    var encoder = BinaryEncoder()
    var bits = bits
    code(&bits, isEncoding: true, &encoder)
    return encoder.finish()
  }

  static func decode(
    _ bytes: ArraySlice<UInt8>,
    count: Int
  ) throws(EntropyError) -> [Float] {
    var bits = [UInt32](repeating: 0, count: count)
    try BinaryDecoder.decode(bytes, "floats") { decoder in
      code(&bits, isEncoding: false, &decoder)
    }
    return bits.map { Float(bitPattern: $0) }
  }

  private static func code(
    _ bits: inout [UInt32],
    isEncoding: Bool,
    _ coder: inout some BinaryCoder
  ) {
    let memory = ScratchMemory()
    let model = FloatModel(memory)
    var top: UInt32 = 0
    var union: UInt32 = 0
    if isEncoding {
      top = bits.reduce(0) { max($0, $1 >> 23 & 0xFF) }
      union = bits.reduce(0, |)
    }
    top = coder.codeRaw(top, bits: 8)
    let unused = min(coder.codeRaw(UInt32(min(union.trailingZeroBitCount, 22)), bits: 5), 22)
    for index in bits.indices {
      guard !coder.isExhausted else { break }
      bits[index] = model.code(bits[index], top: top, unused: unused, &coder)
    }
    withExtendedLifetime(memory) {}
  }

  private func code(
    _ pattern: UInt32,
    top: UInt32,
    unused: UInt32,
    _ coder: inout some BinaryCoder
  ) -> UInt32 {
    let own = pattern >> 23 & 0xFF
    let fall = Int(top) - Int(own)
    var coded = 0
    while coded < Self.longestFall,
      coder.code(fall > coded ? 1 : 0, falls + coded, tables) == 1
    {
      coded += 1
    }
    var exponent = top &- UInt32(coded)
    if coded == Self.longestFall {
      var node = 1
      for shift in (0..<8).reversed() {
        let bit = Int(own >> UInt32(shift)) & 1
        node = 2 * node + coder.code(bit, escapes + node, tables)
      }
      exponent = UInt32(node - 256)
    }
    let sign = coder.code(Int(pattern >> 31), signs, tables)
    var result = UInt32(sign) << 31 | (exponent & 0xFF) << 23
    let bit = coder.code(Int(pattern >> 22) & 1, tops, tables)
    result |= UInt32(bit) << 22
    let rest = pattern & 0x3F_FFFF
    return result | coder.codeRaw(rest >> unused, bits: 22 - Int(unused)) << unused
  }
}
