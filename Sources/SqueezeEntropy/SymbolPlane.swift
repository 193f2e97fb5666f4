/// What a symbol coder codes: the indices of a weight tensor into a sorted table of values.
public struct SymbolPlane: Sendable, Hashable {
  /// Shape and table.
  public let layout: SymbolLayout
  /// One symbol a weight, row-major O, I, kH, kW, each below `layout.alphabet`.
  public let symbols: [UInt16]

  /// - Throws: `EntropyError.malformed` when there are too few or too many symbols, or one lies
  ///   outside the alphabet.
  public init(layout: SymbolLayout, symbols: [UInt16]) throws(EntropyError) {
    guard symbols.count == layout.count else {
      throw .malformed("symbol plane: expected \(layout.count) symbols, got \(symbols.count)")
    }
    let largest = Int(symbols.max() ?? 0)
    guard largest < layout.alphabet else {
      throw .malformed("symbol plane: symbol \(largest) of \(layout.alphabet)")
    }
    self.layout = layout
    self.symbols = symbols
  }
}
