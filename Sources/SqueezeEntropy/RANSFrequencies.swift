/// How often each symbol comes, in `2^precision` parts of the whole.
struct RANSFrequencies {
  /// What a part stands for: the symbol, its frequency less one, and the part's place in it.
  struct Slot: BitwiseCopyable {
    var symbol: UInt16
    var last: UInt16
    var offset: UInt16
    var padding: UInt16 = 0
  }

  let frequencies: [UInt32]
  /// 10 to 16 bits.
  let precision: Int

  /// The frequencies nearest to the counts of `symbols` by which none that occurs vanishes.
  init(counting symbols: [UInt16], alphabet: Int) {
    var counts = [Int](repeating: 0, count: alphabet)
    for symbol in symbols { counts[Int(symbol)] += 1 }
    let used = counts.indices.filter { counts[$0] > 0 }
    let wanted = Int.bitWidth - min(symbols.count, used.count * 64).leadingZeroBitCount
    precision = min(max(wanted, 11), used.count > 4096 ? 16 : 14)
    let whole = 1 << precision

    var frequencies = [UInt32](repeating: 0, count: alphabet)
    var sum = 0
    for symbol in used {
      let nearest = (counts[symbol] * whole + symbols.count / 2) / symbols.count
      frequencies[symbol] = UInt32(max(nearest, 1))
      sum += max(nearest, 1)
    }
    // Take from, or give to, those whose share differs least from their count.
    while sum != whole {
      let change = sum > whole ? -1 : 1
      let order = used.sorted {
        let left = counts[$0] * Int(frequencies[$1])
        let right = counts[$1] * Int(frequencies[$0])
        return left == right ? $0 < $1 : (left < right) == (change < 0)
      }
      for symbol in order where sum != whole {
        guard change > 0 || frequencies[symbol] > 1 else { continue }
        frequencies[symbol] = UInt32(Int(frequencies[symbol]) + change)
        sum += change
      }
    }
    self.frequencies = frequencies
  }

  /// Frequencies from a stream.
  init(frequencies: [UInt32], precision: Int) throws(EntropyError) {
    guard 10...16 ~= precision else {
      throw .malformed("rANS frequencies: expected 10 to 16 bits, got \(precision)")
    }
    let sum = frequencies.reduce(UInt64(0)) { $0 + UInt64($1) }
    guard sum == 1 << UInt64(precision) else {
      throw .malformed("rANS frequencies: expected a sum of 2^\(precision), got \(sum)")
    }
    self.frequencies = frequencies
    self.precision = precision
  }

  /// The sum of the frequencies of all smaller symbols, for each symbol.
  var starts: [UInt32] {
    var sum: UInt32 = 0
    return frequencies.map { frequency in
      defer { sum += frequency }
      return sum
    }
  }

  /// One slot for each part of the whole.
  var slots: [Slot] {
    [Slot](unsafeUninitializedCapacity: 1 << precision) { slots, count in
      count = 0
      for (symbol, frequency) in frequencies.enumerated() {
        for offset in 0..<frequency {
          slots[count] = Slot(
            symbol: UInt16(truncatingIfNeeded: symbol),
            last: UInt16(truncatingIfNeeded: frequency &- 1),
            offset: UInt16(truncatingIfNeeded: offset)
          )
          count += 1
        }
      }
    }
  }
}
