/// The lengths and codes of canonical, length-limited Huffman codes.
enum HuffmanLengths {
  static let limit = 16

  /// Code lengths plus one of the best prefix code of at most 16 bits; 0 for symbols that do not
  /// occur, 1 for a symbol that is alone.
  ///
  /// The package-merge algorithm: Larmore and Hirschberg, "A fast algorithm for optimal
  /// length-limited Huffman codes" (1990), §2.
  static func lengths(counts: [Int]) -> [UInt8] {
    var lengths = [UInt8](repeating: 0, count: counts.count)
    let order = counts.indices.filter { counts[$0] > 0 }.sorted {
      counts[$0] == counts[$1] ? $0 < $1 : counts[$0] < counts[$1]
    }
    for symbol in order { lengths[symbol] = 1 }
    guard order.count > 1 else { return lengths }

    // Level by level: leaves merged with packages of two from the level before.
    var isLeaf: [[Bool]] = []
    var weights: [Int] = []
    for _ in 0..<limit {
      var merged: [Int] = []
      var flags: [Bool] = []
      var leaf = 0
      var package = 0
      while leaf < order.count || package + 1 < weights.count {
        let packaged = package + 1 < weights.count ? weights[package] + weights[package + 1] : .max
        if leaf < order.count, counts[order[leaf]] <= packaged {
          merged.append(counts[order[leaf]])
          flags.append(true)
          leaf += 1
        } else {
          merged.append(packaged)
          flags.append(false)
          package += 2
        }
      }
      weights = merged
      isLeaf.append(flags)
    }
    var chosen = 2 * order.count - 2
    for flags in isLeaf.reversed() {
      let leaves = flags.prefix(chosen).count { $0 }
      for symbol in order.prefix(leaves) { lengths[symbol] += 1 }
      chosen = 2 * (chosen - leaves)
    }
    return lengths
  }

  /// The canonical codes, shorter before longer, then by symbol; lengths are plus one, 0 for none.
  static func codes(lengths: [UInt8]) -> [UInt32] {
    var codes = [UInt32](repeating: 0, count: lengths.count)
    var code: UInt32 = 0
    for length in 2...UInt8(limit + 1) {
      code <<= 1
      for (symbol, own) in lengths.enumerated() where own == length {
        codes[symbol] = code
        code += 1
      }
    }
    return codes
  }
}
