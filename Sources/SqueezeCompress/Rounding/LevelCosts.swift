import Foundation

/// About how many bits each integer of a layer takes in the file.
///
/// `bits(q) = −log₂ p(q)` with `p` the smoothed frequencies of the integers: 0 as it is, the others
/// averaged with their neighbours, so that a level nobody uses yet has a price too. A coder with
/// contexts does a little better, for all levels alike.
package struct LevelCosts: Sendable {
  /// The prices of `−limit … limit`.
  package let bits: [Float]
  /// The largest magnitude that may be chosen.
  package let limit: Int

  /// Counts integers.
  package init(_ integers: [Int32]) {
    let limit = Int(integers.reduce(0) { max($0, $1.magnitude) }) + 1
    var counts = [Double](repeating: 0, count: 2 * limit + 1)
    for integer in integers { counts[Int(integer) + limit] += 1 }
    var smooth = counts
    for level in counts.indices where level != limit {
      func count(_ neighbour: Int) -> Double {
        // 0 has a mass of its own that says nothing of the levels beside it.
        guard neighbour != limit, counts.indices.contains(neighbour) else { return counts[level] }
        return counts[neighbour]
      }
      smooth[level] = (count(level - 1) + 2 * counts[level] + count(level + 1)) / 4
    }
    let total = smooth.reduce(0) { $0 + $1 + Self.prior }
    self.limit = limit
    bits = smooth.map { Float(-log2(($0 + Self.prior) / total)) }
  }

  /// What every level is counted in addition.
  private static let prior = 0.3

  /// The bits of integers by their own frequencies: the entropy of order 0.
  package static func entropy(of integers: [Int32]) -> Double {
    var counts: [Int32: Int] = [:]
    for integer in integers { counts[integer, default: 0] += 1 }
    let total = Double(integers.count)
    return counts.values.sorted().reduce(0) { $0 - Double($1) * log2(Double($1) / total) }
  }
}
