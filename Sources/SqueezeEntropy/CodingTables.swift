/// The tables of adaptive probability models, computed by integer arithmetic alone.
///
/// They are the same on every platform, and so is every stream that depends on them. They are built
/// once and live as long as the process.
struct CodingTables: @unchecked Sendable {
  /// `65536 / (n + 2)` for `n` in `0..<1024`: how far a probability moves after `n` bits.
  let steps: UnsafePointer<Int32>
  /// `256 · n / (n + 1.5)` for `n` in `0..<1024`: how much a probability seen `n` times counts.
  let confidences: UnsafePointer<Int32>
  /// `65536 · e^(−x/256)` for `x` in `0...2048`.
  let exponentials: UnsafePointer<UInt32>
  /// `256 · ln(p / (1 − p))` for `p` in 1/4096, from −2047 to 2047.
  let stretch: UnsafePointer<Int16>
  /// `65536 / (1 + e^(−x/256))` at `x + 2048`, from 32 to 65,504.
  let squash: UnsafePointer<UInt16>

  static let shared = CodingTables()

  private init() {
    var precise: UInt64 = 1 << 60
    var exponentials: [UInt64] = []  // in 1/2³²
    for _ in 0...2048 {
      exponentials.append(precise >> 28)
      // The factor is e^(−1/256) in 1/2⁶⁴.
      precise = precise.multipliedFullWidth(by: 18_374_827_034_086_858_297).high
    }
    let squash = (-2048...2047).map { x in
      let above = UInt64(1 << 48) / ((1 << 32) + exponentials[abs(x)])
      return min(max(x < 0 ? 65536 - above : above, 32), 65504)
    }
    var x = 0
    let stretch = (0..<4096).map { p in
      while x < 4095, squash[x] < 16 * p + 8 { x += 1 }
      return Int16(min(max(x - 2048, -2047), 2047))
    }
    self.steps = Self.immortal((0..<1024).map { Int32(655_360 / (10 * $0 + 20)) })
    self.confidences = Self.immortal((0..<1024).map { Int32(5120 * $0 / (20 * $0 + 30)) })
    self.exponentials = Self.immortal(exponentials.map { UInt32($0 >> 16) })
    self.stretch = Self.immortal(stretch)
    self.squash = Self.immortal(squash.map { UInt16($0) })
  }

  private static func immortal<Element>(_ elements: [Element]) -> UnsafePointer<Element> {
    let memory = UnsafeMutablePointer<Element>.allocate(capacity: elements.count)
    memory.initialize(from: elements, count: elements.count)
    return UnsafePointer(memory)
  }
}

extension CodingTables {
  /// The stretched probability of a state, weakened while the state has seen little.
  @inline(__always)
  func stretched(_ state: AdaptiveBit.State) -> Int32 {
    let value = Int32(stretch[Int(state &>> 20)])
    return (value &* confidences[Int(state & 1023)]) &>> 8
  }

  /// The probability in 1/65536 of a stretched one, cut to the table.
  @inline(__always)
  func squashed(_ value: Int32) -> UInt32 {
    UInt32(squash[Int(max(-2047, min(2047, value))) &+ 2048])
  }
}
