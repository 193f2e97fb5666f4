/// Codes integers whose sizes are alike: the bit length adaptively, the highest bits below the leading
/// one adaptively too, the rest as even chances.
struct AdaptiveIntegers {
  private let lengths: UnsafeMutablePointer<AdaptiveBit.State>
  private let tops: UnsafeMutablePointer<AdaptiveBit.State>
  private let tables = CodingTables.shared

  private static let modelledBits = 3

  /// `contexts` is how many kinds of neighbourhood are told apart.
  init(contexts: Int, _ memory: ScratchMemory) {
    lengths = memory.allocate(64 * contexts, repeating: AdaptiveBit.unknown)
    tops = memory.allocate(64 << Self.modelledBits, repeating: AdaptiveBit.unknown)
  }

  /// Codes `value`; a decoder ignores it.
  func code(_ value: UInt32, context: Int, _ coder: inout some BinaryCoder) -> UInt32 {
    let length = 32 - value.leadingZeroBitCount
    var node = 1
    for shift in [5, 4, 3, 2, 1, 0] {
      let state = lengths + (64 * context + node)
      node = 2 * node + coder.code(length >> shift & 1, state, tables)
    }
    let codedLength = min(node - 64, 32)
    guard codedLength > 1 else { return UInt32(codedLength) }

    var result: UInt32 = 1
    let modelled = min(codedLength - 1, Self.modelledBits)
    let states = tops + codedLength << Self.modelledBits
    var top = 1
    for position in 1...modelled {
      let bit = Int(value >> UInt32(codedLength - 1 - position)) & 1
      let coded = coder.code(bit, states + top, tables)
      top = 2 * top + coded
      result = result << 1 | UInt32(coded)
    }
    let raw = codedLength - 1 - modelled
    return result << UInt32(raw) | coder.codeRaw(value & ((1 << UInt32(raw)) - 1), bits: raw)
  }
}

extension AdaptiveIntegers {
  /// Codes a list whose neighbours are alike, as counts and lengths of codes are.
  ///
  /// A decoder passes zeros and gets them filled in.
  static func code(
    _ values: inout [UInt32],
    _ coder: inout some BinaryCoder
  ) {
    let memory = ScratchMemory()
    let integers = AdaptiveIntegers(contexts: 33 * 2, memory)
    var context = 0
    for index in values.indices {
      guard !coder.isExhausted else { return }
      let value = integers.code(values[index], context: context, &coder)
      values[index] = value
      context = (context / 2 == 0 ? 0 : 1) + 2 * (32 - value.leadingZeroBitCount)
    }
    withExtendedLifetime(memory) {}
  }

  /// A list as bytes of its own.
  static func encode(_ values: [UInt32]) -> [UInt8] {
    var encoder = BinaryEncoder()
    var values = values
    code(&values, &encoder)
    return encoder.finish()
  }

  /// `count` values from bytes of their own.
  static func decode(
    _ bytes: ArraySlice<UInt8>,
    count: Int,
    of place: String
  ) throws(EntropyError) -> [UInt32] {
    var values = [UInt32](repeating: 0, count: count)
    try BinaryDecoder.decode(bytes, place) { decoder in code(&values, &decoder) }
    return values
  }
}
