/// Codes an ascending table of floats, such as a codebook.
///
/// From zero outwards, on each side, a value is coded as its distance from the one before in units
/// in the last place. The bit length of the distance is coded relative to that of the running mean
/// gap, and its first two bits adaptively; the rest is noise. Zero itself costs one bit.
struct FloatTable {
  private let bits: [UInt32]
  /// The number of negative values.
  private let negatives: Int
  private let hasZero: Bool

  /// A table, if the values of these patterns ascend strictly and neither NaN nor −0 is among them.
  init?(ascending bits: [UInt32]) {
    let values = bits.map { Float(bitPattern: $0) }
    guard !values.contains(where: \.isNaN), !bits.contains(1 << 31),
      zip(values, values.dropFirst()).allSatisfy({ $0 < $1 })
    else { return nil }
    self.bits = bits
    negatives = bits.count { $0 >> 31 == 1 }
    hasZero = bits.contains(0)
  }

  func encode() -> [UInt8] {
    var encoder = BinaryEncoder()
    var bits = bits
    Self.code(&bits, negatives: negatives, hasZero: hasZero, &encoder)
    return encoder.finish()
  }

  static func decode(
    _ bytes: ArraySlice<UInt8>,
    count: Int
  ) throws(EntropyError) -> [Float] {
    var bits = [UInt32](repeating: 0, count: count)
    var isSound = true
    try BinaryDecoder.decode(bytes, "float table") { decoder in
      isSound = code(&bits, negatives: 0, hasZero: false, &decoder)
    }
    guard isSound else { throw .malformed("float table: beyond the largest float") }
    return bits.map { Float(bitPattern: $0) }
  }

  /// - Returns: whether all magnitudes are those of floats.
  @discardableResult
  private static func code(
    _ bits: inout [UInt32],
    negatives: Int,
    hasZero: Bool,
    _ coder: inout some BinaryCoder
  ) -> Bool {
    let width = Int.bitWidth - bits.count.leadingZeroBitCount
    let negatives =
      width > 32 ? 0 : min(Int(coder.codeRaw(UInt32(negatives), bits: width)), bits.count)
    let zero = coder.code(hasZero ? 1 : 0, probability: 32768)
    guard negatives + zero <= bits.count else { return false }
    if zero == 1 { bits[negatives] = 0 }
    let memory = ScratchMemory()
    let model = FloatGaps(memory)
    var isSound = model.code(&bits, (0..<negatives).reversed(), sign: 1, &coder)
    isSound = model.code(&bits, negatives + zero..<bits.count, sign: 0, &coder) && isSound
    withExtendedLifetime(memory) {}
    return isSound
  }
}

/// The model of the gaps between the magnitudes of a table.
private struct FloatGaps {
  private let lengths: UnsafeMutablePointer<AdaptiveBit.State>
  private let tops: UnsafeMutablePointer<AdaptiveBit.State>
  private let tables = CodingTables.shared

  init(_ memory: ScratchMemory) {
    lengths = memory.allocate(64, repeating: AdaptiveBit.unknown)
    tops = memory.allocate(3 * 4, repeating: AdaptiveBit.unknown)
  }

  /// Codes one side of the table, smallest magnitude first.
  ///
  /// - Returns: whether all magnitudes are those of floats.
  func code(
    _ bits: inout [UInt32],
    _ indices: some Collection<Int>,
    sign: UInt32,
    _ coder: inout some BinaryCoder
  ) -> Bool {
    var last: UInt32 = 0
    /// The mean gap in 1/256 of the last place of `last`.
    var gap: UInt64 = 0
    for (place, index) in indices.enumerated() {
      guard !coder.isExhausted else { return true }
      let magnitude = bits[index] & 0x7FFF_FFFF
      var coded: UInt32
      if place == 0 {
        coded = coder.codeRaw(magnitude, bits: 31)
        gap = significand(coded)
      } else {
        let distance = codeDistance(
          magnitude &- last,
          expected: max(gap >> 8, 1),
          &coder
        )
        let (sum, overflow) = last.addingReportingOverflow(distance)
        guard !overflow, sum < 1 << 31 else { return false }
        coded = sum
        // In units of the new last place, which may be larger.
        let shift = UInt64(max(coded >> 23, 1) - max(last >> 23, 1))
        let step = significand(coded) - significand(last) >> shift
        gap = (gap >> shift + step) / 2
      }
      last = coded
      bits[index] = sign << 31 | coded
    }
    return true
  }

  /// The significand in 1/256.
  private func significand(_ pattern: UInt32) -> UInt64 {
    UInt64(pattern & 0x7F_FFFF | (pattern >> 23 == 0 ? 0 : 0x80_0000)) << 8
  }

  private func codeDistance(
    _ distance: UInt32,
    expected: UInt64,
    _ coder: inout some BinaryCoder
  ) -> UInt32 {
    let usual = 63 - expected.leadingZeroBitCount
    let length = 31 - distance.leadingZeroBitCount
    let relative = (length - usual + 36) & 31
    var node = 1
    for shift in [4, 3, 2, 1, 0] {
      node = 2 * node + coder.code(relative >> shift & 1, lengths + node, tables)
    }
    let codedLength = (node - 32 + usual - 36) & 31
    let context = codedLength > usual + 1 ? 1 : codedLength < usual ? 2 : 0
    var result: UInt32 = 1
    var top = 1
    for position in 0..<codedLength where position < 2 {
      let bit = Int(distance >> UInt32(codedLength - 1 - position)) & 1
      let coded = coder.code(bit, tops + (context * 4 + top), tables)
      top = 2 * top + coded
      result = result << 1 | UInt32(coded)
    }
    let raw = max(codedLength - 2, 0)
    let low = distance & ((1 << UInt32(raw)) - 1)
    return result << UInt32(raw) | coder.codeRaw(low, bits: raw)
  }
}
