/// What is known about a plane before its first weight: the few numbers a stream starts with, and
/// the values of the symbols in units of their mean.
struct PlaneStatistics {
  /// The share of symbols other than zero, in 1/65536, from 1 to 65,535.
  let density: Int
  /// The mean magnitude of the levels of those symbols, at least 1, rounded to 11 bits.
  let mean: Int

  /// The first symbol that is not negative, or the one after zero.
  let positives: Int
  /// The symbol after the last negative one.
  let negatives: Int
  /// Each symbol's level in 1/256 of the mean magnitude, cut at eight means.
  let values: UnsafeMutablePointer<Int32>

  /// Codes the numbers; a decoder reads them from the stream.
  init(
    _ layout: SymbolLayout,
    _ symbols: UnsafePointer<UInt16>?,
    _ coder: inout some BinaryCoder,
    _ memory: ScratchMemory
  ) {
    var nonzeros = 0
    var sum = 0
    if let symbols {
      for index in 0..<layout.count where Int(symbols[index]) != layout.zero {
        nonzeros += 1
        sum += Int(layout.levels[Int(symbols[index])].magnitude)
      }
    }
    let share = min(max(nonzeros * 65536 / max(layout.count, 1), 1), 65535)
    density = max(Int(coder.codeRaw(UInt32(share), bits: 16)), 1)
    let exact = UInt32(truncatingIfNeeded: max(sum / max(nonzeros, 1), 1))
    let exponent = coder.codeRaw(UInt32(max(0, 21 - exact.leadingZeroBitCount)), bits: 5)
    let mantissa = coder.codeRaw(exact >> exponent, bits: 11)
    mean = max(Int(mantissa) << Int(exponent), 1)

    let split = layout.zero ?? (layout.levels.firstIndex { $0 >= 0 } ?? layout.alphabet)
    negatives = split
    positives = layout.zero == nil ? split : split + 1
    values = memory.allocate(layout.alphabet, repeating: 0)
    for symbol in 0..<layout.alphabet where symbol != layout.zero {
      let value = Int(layout.levels[symbol]) * 256 / mean
      values[symbol] = Int32(min(max(value, -2047), 2047))
    }
  }

  /// A tree over the magnitudes of `symbols`, nearest to zero first.
  private func tree(
    over symbols: some Collection<Int>,
    _ layout: SymbolLayout,
    _ tables: CodingTables,
    _ memory: ScratchMemory
  ) -> MagnitudeTree {
    let levels = layout.levels
    func gap(_ symbol: Int) -> UInt64 {  // from the symbol before
      let symbol = min(max(symbol, 1), levels.count - 1)
      return UInt64(Int(levels[symbol]) - Int(levels[symbol - 1]))
    }
    let isWide = levels.count > 1
    return MagnitudeTree(
      widths: symbols.map { isWide ? (gap($0) + gap($0 + 1)) / 2 : 1 },
      falloffs: symbols.map { symbol in
        let fall = Int(levels[symbol].magnitude) * 2304 / (10 * mean)
        return UInt64(tables.exponentials[min(fall, 2048)])
      },
      memory
    )
  }

  /// The trees of the negative and of the positive magnitudes.
  func trees(
    _ layout: SymbolLayout,
    _ tables: CodingTables,
    _ memory: ScratchMemory
  ) -> UnsafeMutablePointer<MagnitudeTree> {
    let negative = tree(over: (0..<negatives).reversed(), layout, tables, memory)
    let trees = memory.allocate(2, repeating: negative)
    trees[1] = tree(over: positives..<layout.alphabet, layout, tables, memory)
    return trees
  }

  /// Whether both signs occur in the table.
  func hasSign(_ layout: SymbolLayout) -> Bool { negatives > 0 && positives < layout.alphabet }

  /// The sign's tree and the magnitude's rank of a symbol.
  @inline(__always)
  func magnitude(of symbol: Int) -> (side: Int, rank: Int) {
    symbol >= positives ? (1, symbol &- positives) : (0, negatives &- 1 &- symbol)
  }

  /// The symbol of a rank in a sign's tree.
  @inline(__always)
  func symbol(side: Int, rank: Int) -> Int {
    side == 1 ? positives &+ rank : negatives &- 1 &- rank
  }
}
