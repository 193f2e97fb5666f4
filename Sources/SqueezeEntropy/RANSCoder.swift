/// Static range asymmetric numeral systems of order 0: the fast coder.
///
/// Duda, "Asymmetric numeral systems" (2013); four interleaved 32-bit states with 16-bit
/// renormalization as in Giesen, "Interleaved entropy coders" (2014). A stream is: the precision in
/// bits; the length of the coded frequencies and they; four states; 16-bit words. The states must
/// end where the encoder began, which finds most damage.
public enum RANSCoder: SymbolCoder {
  public static let identifier: UInt8 = 1
  public static let name = "rans"
  public static let decodingTime = DecodingTime(nanosecondsPerSymbol: 3.6)

  private static let start: UInt32 = 1 << 16

  public static func encode(_ plane: SymbolPlane) -> [UInt8] {
    let symbols = plane.symbols
    guard !symbols.isEmpty else { return [] }
    let table = RANSFrequencies(counting: symbols, alphabet: plane.layout.alphabet)
    let frequencies = AdaptiveIntegers.encode(table.frequencies)
    var writer = ByteWriter(reservingCapacity: symbols.count)
    writer.write(UInt8(table.precision))
    writer.writeVarint(frequencies.count)
    writer.write(contentsOf: frequencies)

    let starts = table.starts
    let precision = UInt32(table.precision)
    var states = [UInt32](repeating: start, count: 4)
    var words: [UInt16] = []  // last one first
    for index in symbols.indices.reversed() {
      let symbol = Int(symbols[index])
      let frequency = table.frequencies[symbol]
      var state = states[index & 3]
      if UInt64(state) >= UInt64(frequency) << UInt64(32 - precision) {
        words.append(UInt16(truncatingIfNeeded: state))
        state >>= 16
      }
      let (quotient, remainder) = state.quotientAndRemainder(dividingBy: frequency)
      states[index & 3] = quotient << precision + remainder + starts[symbol]
    }
    for state in states { writer.write(state) }
    for word in words.reversed() { writer.write(word) }
    return writer.bytes
  }

  public static func decode(
    _ bytes: ArraySlice<UInt8>,
    layout: SymbolLayout
  ) throws(EntropyError) -> [UInt16] {
    var reader = ByteReader(bytes, of: "rANS symbols")
    guard layout.count > 0 else {
      guard reader.isAtEnd else { throw .malformed("rANS symbols: bytes are left over") }
      return []
    }
    let precision = Int(try reader.readUInt8())
    let length = try reader.readVarint()
    let table = try RANSFrequencies(
      frequencies: AdaptiveIntegers.decode(
        reader.readSlice(length),
        count: layout.alphabet,
        of: "rANS frequencies"
      ),
      precision: precision
    )
    var states = SIMD4<UInt32>()
    for lane in 0..<4 { states[lane] = try reader.readUInt32() }
    let payload = reader.readRest()
    guard payload.count % 2 == 0 else { throw .malformed("rANS symbols: half a word") }

    let slots = table.slots
    var isComplete = false
    let symbols = [UInt16](unsafeUninitializedCapacity: layout.count) { symbols, count in
      payload.withUnsafeBytes { words in
        slots.withUnsafeBufferPointer { slots in
          isComplete = decode(words, states, slots, UInt32(precision), into: symbols, layout.count)
        }
      }
      count = layout.count
    }
    guard isComplete else { throw .malformed("rANS symbols") }
    return symbols
  }

  /// - Returns: whether all words were used and the states are where the encoder began.
  private static func decode(
    _ words: UnsafeRawBufferPointer,
    _ initial: SIMD4<UInt32>,
    _ slots: UnsafeBufferPointer<RANSFrequencies.Slot>,
    _ precision: UInt32,
    into symbols: UnsafeMutableBufferPointer<UInt16>,
    _ count: Int
  ) -> Bool {
    guard let slots = slots.baseAddress, let symbols = symbols.baseAddress else { return false }
    let mask = UInt32(1) << precision - 1
    var (a, b, c, d) = (initial[0], initial[1], initial[2], initial[3])
    var position = 0
    var index = 0

    @inline(__always)
    func step(_ state: UInt32) -> (symbol: UInt16, state: UInt32) {
      let slot = slots[Int(state & mask)]
      let next = (UInt32(slot.last) &+ 1) &* (state &>> precision) &+ UInt32(slot.offset)
      return (slot.symbol, next)
    }
    @inline(__always)
    func refilled(_ state: UInt32) -> UInt32 {
      guard state < start else { return state }
      let word = words.loadUnaligned(fromByteOffset: position, as: UInt16.self).littleEndian
      position &+= 2
      return state &<< 16 | UInt32(word)
    }
    // Each symbol takes one word at most, so four need no check when four words are there.
    while index &+ 4 <= count, position &+ 8 <= words.count {
      let (w, x, y, z) = (step(a), step(b), step(c), step(d))
      symbols[index] = w.symbol
      symbols[index &+ 1] = x.symbol
      symbols[index &+ 2] = y.symbol
      symbols[index &+ 3] = z.symbol
      a = refilled(w.state)
      b = refilled(x.state)
      c = refilled(y.state)
      d = refilled(z.state)
      index &+= 4
    }
    var states = SIMD4(a, b, c, d)
    while index < count {
      let (symbol, state) = step(states[index & 3])
      guard state >= start || position &+ 2 <= words.count else {
        symbols.update(repeating: 0, count: count)
        return false
      }
      symbols[index] = symbol
      states[index & 3] = refilled(state)
      index &+= 1
    }
    return position == words.count && states == SIMD4(repeating: start)
  }
}
