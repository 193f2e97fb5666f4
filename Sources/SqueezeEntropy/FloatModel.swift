/// Codes a few floats: exponent, sign and first bit of the significand adaptively, the rest as even
/// chances, without the low bits that are zero in all values.
///
/// Biases of one layer have few exponents and noise below them.
struct FloatModel {
  private let exponents: UnsafeMutablePointer<AdaptiveBit.State>
  private let signs: UnsafeMutablePointer<AdaptiveBit.State>
  private let tops: UnsafeMutablePointer<AdaptiveBit.State>
  private let tables = CodingTables.shared

  private static let usual = 123
  private static let firmness: UInt32 = 1

  private init(_ memory: ScratchMemory) {
    exponents = memory.allocate(256, repeating: AdaptiveBit.unknown)
    signs = memory.allocate(1, repeating: AdaptiveBit.unknown)
    tops = memory.allocate(4, repeating: AdaptiveBit.unknown)
    // Trained numbers lie some powers of two below 1; what lies elsewhere is learnt.
    var weights = [UInt32](repeating: 0, count: 512)
    for exponent in 0..<256 {
      weights[256 + exponent] = (1 << 20) >> UInt32(abs(exponent - Self.usual)) + 256
    }
    for node in (1..<256).reversed() {
      weights[node] = weights[2 * node] + weights[2 * node + 1]
      exponents[node] = AdaptiveBit.state(
        probability: (weights[2 * node + 1] << 8) / (weights[node] >> 8),
        count: Self.firmness
      )
    }
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
    let union = isEncoding ? bits.reduce(0, |) : 0
    var unused = UInt32(min(union.trailingZeroBitCount, 22))
    if coder.code(unused == 0 ? 0 : 1, probability: 8192) == 1 {
      unused = min(coder.codeRaw(unused, bits: 5), 22)
    } else {
      unused = 0
    }
    for index in bits.indices {
      guard !coder.isExhausted else { break }
      bits[index] = model.code(bits[index], unused: unused, &coder)
    }
    withExtendedLifetime(memory) {}
  }

  private func code(
    _ pattern: UInt32,
    unused: UInt32,
    _ coder: inout some BinaryCoder
  ) -> UInt32 {
    let own = pattern >> 23 & 0xFF
    var node = 1
    for shift in (0..<8).reversed() {
      let bit = Int(own >> UInt32(shift)) & 1
      node = 2 * node + coder.code(bit, exponents + node, tables)
    }
    let exponent = UInt32(node - 256)
    let sign = coder.code(Int(pattern >> 31), signs, tables)
    var result = UInt32(sign) << 31 | (exponent & 0xFF) << 23
    let bit = coder.code(Int(pattern >> 22) & 1, tops, tables)
    result |= UInt32(bit) << 22
    let rest = pattern & 0x3F_FFFF
    return result | coder.codeRaw(rest >> unused, bits: 22 - Int(unused)) << unused
  }
}
