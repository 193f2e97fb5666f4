/// What a decoder of symbols is told beforehand: everything about a plane but its symbols.
///
/// A plane holds the indices of a weight tensor `[O, I, kH, kW]` into a sorted table of values.
public struct SymbolLayout: Sendable, Hashable {
  /// O, output channels.
  public let rows: Int
  /// I, input channels of a group.
  public let columns: Int
  /// kH; 1 for a fully connected or one-dimensional layer.
  public let tapRows: Int
  /// kW.
  public let tapColumns: Int
  /// The number of symbols, 1 to 65,536.
  public let alphabet: Int
  /// The symbol that means weight 0, if there is one.
  public let zero: Int?
  /// The value of each symbol in fixed point, ascending; the unit does not matter.
  public let levels: [Int32]
  /// The number of weights, `O · I · kH · kW`.
  public let count: Int

  /// - Throws: `EntropyError.malformed` when the numbers contradict each other or overflow.
  public init(
    rows: Int,
    columns: Int,
    tapRows: Int = 1,
    tapColumns: Int = 1,
    zero: Int?,
    levels: [Int32]
  ) throws(EntropyError) {
    guard 1...65536 ~= levels.count else {
      throw .malformed("symbol layout: expected 1 to 65536 levels, got \(levels.count)")
    }
    if let zero {
      guard levels.indices.contains(zero) else {
        throw .malformed("symbol layout: zero symbol \(zero) of \(levels.count)")
      }
    }
    guard zip(levels, levels.dropFirst()).allSatisfy({ $0 <= $1 }) else {
      throw .malformed("symbol layout: levels must ascend")
    }
    var count = 1
    for extent in [rows, columns, tapRows, tapColumns] {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow, product < 1 << 40 else {
        throw .malformed(
          "symbol layout: impossible shape [\(rows), \(columns), \(tapRows), \(tapColumns)]"
        )
      }
      count = product
    }
    self.rows = rows
    self.columns = columns
    self.tapRows = tapRows
    self.tapColumns = tapColumns
    self.alphabet = levels.count
    self.zero = zero
    self.levels = levels
    self.count = count
  }
}

extension SymbolLayout {
  /// Fixed-point levels of an ascending table of floats, by integer arithmetic alone.
  ///
  /// With `e` the largest exponent of a finite value, a value `± m · 2^(e − s)`, `m` its 24-bit
  /// significand, becomes `± (16·m) >> s`, so the largest magnitude lies in [2²⁷, 2²⁸). Infinities
  /// and NaNs saturate at ±2²⁸. A value that would fall below its predecessor takes its place.
  public static func levels(forFloatBits bits: [UInt32]) -> [Int32] {
    func exponent(_ bits: UInt32) -> UInt32 { max(1, bits >> 23 & 0xFF) }
    let top: UInt32 = bits.map { exponent($0) }.filter { $0 < 255 }.max() ?? 1
    var floor = Int32.min
    return bits.map { bits in
      let own = exponent(bits)
      let significand = bits & 0x7F_FFFF | (bits >> 23 & 0xFF == 0 ? 0 : 0x80_0000)
      let magnitude = own == 255 ? 1 << 28 : Int32((significand << 4) >> (top - own))
      floor = max(floor, bits >> 31 == 1 ? -magnitude : magnitude)
      return floor
    }
  }
}
