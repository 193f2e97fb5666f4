/// The logistic function and its inverse in integers, for mixing probabilities.
///
/// `stretch(p) = ln(p / (1 − p))` and `squash` its inverse, with 8 fractional bits, as in Mahoney,
/// "Adaptive weighing of context models for lossless data compression" (2005), §2. The tables are
/// computed by integer arithmetic, so they are the same on every platform.
struct LogisticTables: Sendable {
  /// Largest magnitude of a stretched probability.
  static let limit = 2047

  /// `squash[x + 2048]`, in 1/65536, from 32 to 65,504.
  let squash: [UInt16]
  /// `stretch[p]` for `p` in 1/4096.
  let stretch: [Int16]

  static let shared = LogisticTables()

  private init() {
    // e^(−x/256) in 1/2³², by repeated multiplication with e^(−1/256) = 4278222848.09 / 2³².
    var exponentials: [UInt64] = [1 << 32]
    var precise: UInt64 = 1 << 60
    for _ in 0..<2048 {
      precise = precise.multipliedFullWidth(by: 18_374_827_034_086_858_297).high
      exponentials.append(precise >> 28)
    }
    func squashed(_ x: Int) -> Int {
      let e = exponentials[abs(x)]
      let above = Int((1 << 48) / ((1 << 32) + e))
      return min(max(x < 0 ? 65536 - above : above, 32), 65504)
    }
    let squash = (-2048...2047).map { squashed($0) }
    self.squash = squash.map { UInt16($0) }
    var x = 0
    stretch = (0..<4096).map { p in
      while x < 4095, squash[x] < 16 * p + 8 { x += 1 }
      return Int16(min(max(x - 2048, -2047), 2047))
    }
  }
}
