/// One side of binary arithmetic coding.
///
/// A model written once over this protocol both encodes and decodes, so the two cannot drift apart.
protocol BinaryCoder {
  /// Codes one bit, 0 or 1, and returns it; a decoder ignores the argument.
  ///
  /// `probability` is that of a 1, in 1/65536, from 1 to 65535.
  mutating func code(_ bit: Int, probability: UInt32) -> Int

  /// Whether a decoder has asked for bytes far beyond its slice, so that going on is pointless.
  var isExhausted: Bool { get }
}

extension BinaryCoder {
  /// Codes the low `count` bits of `value`, high bit first, as even chances.
  @inline(__always)
  mutating func codeRaw(_ value: UInt32, bits count: Int) -> UInt32 {
    var result: UInt32 = 0
    var shift = count - 1
    while shift >= 0 {
      let bit = Int(truncatingIfNeeded: value >> UInt32(truncatingIfNeeded: shift)) & 1
      result = result &<< 1 | UInt32(truncatingIfNeeded: code(bit, probability: 32768))
      shift &-= 1
    }
    return result
  }
}

/// The encoder of a binary arithmetic coder with 64-bit interval and 32-bit renormalization.
///
/// The interval `[low, low + range)` is cut at `range/2¹⁶ · probability`; a 1 keeps the lower part.
/// A carry runs back into the bytes already written (Martin, "Range encoding", 1979).
struct BinaryEncoder: BinaryCoder {
  private var low: UInt64 = 0
  private var range = UInt64.max
  private var bytes: [UInt8] = []

  var isExhausted: Bool { false }

  @inline(__always)
  mutating func code(_ bit: Int, probability: UInt32) -> Int {
    let bound = (range >> 16) &* UInt64(probability)
    if bit != 0 {
      range = bound
    } else {
      let (sum, carry) = low.addingReportingOverflow(bound)
      low = sum
      range &-= bound
      if carry { propagateCarry() }
    }
    if range < 1 << 32 { renormalize() }
    return bit
  }

  /// The bytes; those of the last interval are as few as name it, trailing zeros being implied.
  consuming func finish() -> [UInt8] {
    var tail = Self.tail(low: low, range: range)
    if tail < low { propagateCarry() }
    while tail != 0 {
      bytes.append(UInt8(truncatingIfNeeded: tail >> 56))
      tail <<= 8
    }
    return bytes
  }

  /// The number in `[low, low + range)`, modulo 2⁶⁴, with the fewest bytes before its trailing zeros.
  static func tail(low: UInt64, range: UInt64) -> UInt64 {
    for kept: UInt64 in 0..<8 {
      let mask = UInt64.max >> (8 * kept)
      let value = (low &+ mask) & ~mask
      if value &- low < range { return value }
    }
    return low
  }

  @inline(never)
  private mutating func renormalize() {
    for shift: UInt64 in [56, 48, 40, 32] {
      bytes.append(UInt8(truncatingIfNeeded: low >> shift))
    }
    low <<= 32
    range <<= 32
  }

  @inline(never)
  private mutating func propagateCarry() {
    var index = bytes.count - 1
    while bytes[index] == 0xFF {
      bytes[index] = 0
      index -= 1
    }
    bytes[index] += 1
  }
}

/// The decoder of a binary arithmetic coder; it never reads outside its slice.
struct BinaryDecoder: BinaryCoder {
  /// The coded number minus the interval's lower end.
  private var code: UInt64
  private var range = UInt64.max
  private let bytes: UnsafeRawBufferPointer
  /// Where the next word starts; it runs beyond the end once zeros were made up.
  private var position = 0

  /// Reads from `bytes`, which must outlive the decoder.
  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    code = 0
    code = UInt64(word()) << 32
    code |= UInt64(word())
  }

  /// The encoder drops at most the eight bytes of its last interval.
  var isExhausted: Bool { position > bytes.count + 8 }

  @inline(__always)
  mutating func code(_ bit: Int, probability: UInt32) -> Int {
    let bound = (range &>> 16) &* UInt64(probability)
    // No branch: half of them would be mispredicted.
    let (above, isOne) = code.subtractingReportingOverflow(bound)
    let mask = 0 &- UInt64(isOne ? 1 : 0)
    code = above &+ (bound & mask)
    let upper = range &- bound
    range = upper ^ ((upper ^ bound) & mask)
    if range < 1 << 32 {
      code = code &<< 32 | UInt64(word())
      range &<<= 32
    }
    return Int(truncatingIfNeeded: mask & 1)
  }

  /// Runs `body` on a decoder of `bytes` and throws unless it used exactly them.
  static func decode(
    _ bytes: ArraySlice<UInt8>,
    _ place: String,
    _ body: (inout BinaryDecoder) -> Void
  ) throws(EntropyError) {
    let outcome = bytes.withUnsafeBytes { bytes -> Result<Void, EntropyError> in
      var decoder = BinaryDecoder(bytes)
      body(&decoder)
      return Result { () throws(EntropyError) in try decoder.finish(place) }
    }
    try outcome.get()
  }

  /// Throws unless the slice holds exactly the bytes that the encoder would have ended with.
  func finish(_ place: String) throws(EntropyError) {
    guard !isExhausted else { throw .truncated(place) }
    let start = position - 8
    let window =
      UInt64(Self.lastWord(bytes, start)) << 32 | UInt64(Self.lastWord(bytes, start + 4))
    let tail = BinaryEncoder.tail(low: window &- code, range: range)
    let end = start + 8 - tail.trailingZeroBitCount / 8
    guard bytes.count >= end else { throw .truncated(place) }
    guard bytes.count == end, window == tail else {
      throw .malformed("\(place): not the bytes that an encoder ends with")
    }
  }

  @inline(__always)
  private mutating func word() -> UInt32 {
    defer { position &+= 4 }
    guard position &+ 4 <= bytes.count else { return Self.lastWord(bytes, position) }
    return bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self).bigEndian
  }

  /// Not a method, so that the decoder's state can stay in registers.
  @inline(never)
  private static func lastWord(_ bytes: UnsafeRawBufferPointer, _ position: Int) -> UInt32 {
    var word: UInt32 = 0
    for index in position..<position + 4 {
      word = word << 8 | (index < bytes.count ? UInt32(bytes[index]) : 0)
    }
    return word
  }
}
