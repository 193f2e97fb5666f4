/// Predicts the bits of a text.
///
/// A context leads to the last bits that followed it (up to six), and those to an adaptive
/// probability, so that what was seen once in a long context counts as much as it deserves.
struct ByteModel {
  /// The history of each hashed context: its last bits after a leading 1.
  private let histories: UnsafeMutablePointer<UInt8>
  /// The probability after each history, for each order.
  private let chances: UnsafeMutablePointer<AdaptiveBit.State>
  private let matchChances: UnsafeMutablePointer<AdaptiveBit.State>
  private let mixer: LogisticMixer<SIMD8<Int32>>
  private let tables = CodingTables.shared
  private let slotMask: UInt32

  private let text: UnsafeMutablePointer<UInt8>
  private var count = 0
  /// The last eight bytes, the latest lowest.
  private var recent: UInt64 = 0
  private var wordHash: UInt32 = 0
  /// Where the byte after the longest match stands, and the match's length.
  private var matchEnd = 0
  private var matchLength = 0
  /// Where a context of five bytes was last seen.
  private let lastSeen: UnsafeMutablePointer<UInt32>
  private let seenMask: UInt32

  private static let orders = 7
  private static let matchOrder = 5

  init(capacity: Int, _ memory: ScratchMemory) {
    let wanted = min(max(capacity, 1024) * 16, 1 << 22)
    let bits = Int.bitWidth - (wanted - 1).leadingZeroBitCount
    slotMask = UInt32(1) << UInt32(bits) - 1
    histories = memory.allocate(Self.orders << bits, repeating: 1)
    chances = memory.allocate(Self.orders * 128, repeating: AdaptiveBit.unknown)
    matchChances = memory.allocate(64, repeating: AdaptiveBit.unknown)
    mixer = LogisticMixer(
      sets: 24,
      initial: SIMD8(repeating: 3500),
      rate: 14,
      CodingTables.shared,
      memory
    )
    text = memory.allocate(capacity, repeating: 0)
    seenMask = slotMask >> 3
    lastSeen = memory.allocate(Int(seenMask) + 1, repeating: 0)
    for order in 0..<Self.orders {
      for history in 1..<128 { chances[order * 128 + history] = Self.guess(history, order) }
    }
  }

  /// What a history of ones and zeros suggests before anything was learnt.
  private static func guess(_ history: Int, _ order: Int) -> AdaptiveBit.State {
    let seen = Int.bitWidth - 1 - history.leadingZeroBitCount
    let ones = (history & ((1 << seen) - 1)).nonzeroBitCount
    let strength = order + 2  // longer contexts are surer
    let probability = 65536 * (strength * ones + 1) / (strength * seen + 2)
    return AdaptiveBit.state(probability: UInt32(probability), count: 4)
  }

  /// Codes a byte and learns it; a decoder ignores the argument.
  mutating func code(_ byte: UInt8, _ coder: inout some BinaryCoder) -> UInt8 {
    var bases = SIMD8<UInt32>()
    for order in 1...6 {
      let context = order == 6 ? UInt64(wordHash) : recent & ((1 << UInt64(8 * order)) - 1)
      bases[order] = Self.hash(context, UInt32(order))
    }
    bases[0] = Self.hash(recent & 0xFFFF_FFFF_FFFF, 7)
    let predicted = matchLength > 0 ? Int(text[matchEnd]) | 256 : 0
    var partial = 1
    for position in 0..<8 {
      partial =
        2 * partial
        + codeBit(
          Int(byte) >> (7 - position) & 1,
          partial,
          position,
          bases,
          predicted,
          &coder
        )
    }
    let coded = UInt8(truncatingIfNeeded: partial)
    learn(coded)
    return coded
  }

  @inline(__always)
  private func codeBit(
    _ bit: Int,
    _ partial: Int,
    _ position: Int,
    _ bases: SIMD8<UInt32>,
    _ predicted: Int,
    _ coder: inout some BinaryCoder
  ) -> Int {
    var slots = SIMD8<UInt32>()
    var inputs = SIMD8<Int32>()
    for order in 0..<Self.orders {
      let mixed = (bases[order] &+ UInt32(partial) &* 0x9E37_79B1) &* 0x85EB_CA6B
      slots[order] = UInt32(order) &* (slotMask &+ 1) &+ (mixed >> 7 & slotMask)
      let history = Int(histories[Int(slots[order])])
      let state = chances[order &* 128 &+ history]
      inputs[order] = history == 1 ? 0 : Int32(tables.stretch[Int(state >> 20)])
    }
    // The match predicts as long as the byte so far agrees with it.
    let shift = 8 &- position
    let isMatching = predicted >> shift == partial
    let expected = predicted >> (shift &- 1) & 1
    let matchState = matchChances + min(matchLength, 31)
    if isMatching {
      let stretched = Int32(tables.stretch[Int(matchState.pointee >> 20)])
      inputs[7] = expected == 1 ? stretched : 0 &- stretched
    }
    let kind = isMatching ? (matchLength < 16 ? 1 : 2) : 0
    let coded = mixer.code(bit, inputs: inputs, set: kind &* 8 &+ position, &coder).bit
    for order in 0..<Self.orders {
      let slot = Int(slots[order])
      let history = Int(histories[slot])
      let state = chances + (order &* 128 &+ history)
      state.pointee = AdaptiveBit.next(state.pointee, coded, limit: 255, tables)
      let longer = history &* 2 &+ coded
      histories[slot] = UInt8(truncatingIfNeeded: longer < 128 ? longer : longer & 63 | 64)
    }
    if isMatching {
      matchState.pointee = AdaptiveBit.next(
        matchState.pointee,
        coded == expected ? 1 : 0,
        limit: 255,
        tables
      )
    }
    return coded
  }

  private mutating func learn(_ byte: UInt8) {
    text[count] = byte
    if matchLength > 0, text[matchEnd] == byte {
      matchLength += 1
      matchEnd += 1
    } else {
      matchLength = 0
    }
    count += 1
    recent = recent << 8 | UInt64(byte)
    let letter = byte | 0x20
    if 0x61...0x7A ~= letter || 0x30...0x39 ~= byte {
      wordHash = (wordHash &+ UInt32(letter)) &* 0x2F0B_4C47
    } else {
      wordHash = UInt32(byte) << 8  // what precedes a word belongs to it
    }
    guard count >= Self.matchOrder else { return }
    let context = recent & ((1 << UInt64(8 * Self.matchOrder)) - 1)
    let slot = Int(Self.hash(context, 0) & seenMask)
    if matchLength == 0, lastSeen[slot] > 0 {
      matchEnd = Int(lastSeen[slot])
      while matchLength < 32, matchLength < matchEnd,
        text[matchEnd - 1 - matchLength] == text[count - 1 - matchLength]
      {
        matchLength += 1
      }
    }
    lastSeen[slot] = UInt32(count)
  }

  private static func hash(_ context: UInt64, _ salt: UInt32) -> UInt32 {
    let mixed = (context &+ UInt64(salt) &* 0xD6E8_FEB8_6659_FD93) &* 0x9E37_79B9_7F4A_7C15
    return UInt32(truncatingIfNeeded: mixed >> 32)
  }
}
