/// The lowest of many scores, found without sorting them.
///
/// Floats are ordered like the integers of their bits once negative ones are turned around, so two counts
/// of 65,536 buckets, of the upper and of the lower half of the bits, find the score of any rank.
struct LowestScores {
  /// All scores below this are among the lowest, compared as ``order(_:)``.
  private let limit: UInt32
  /// How many of the scores equal to `limit` are, the first ones.
  private let ties: Int

  /// Finds the `count` lowest of some lists of scores; of equal ones the first are taken.
  init(_ count: Int, among lists: [[Float]]) {
    var rank = count
    func bucket(_ index: (UInt32) -> Int?) -> Int {
      var counts = [Int](repeating: 0, count: 1 << 16)
      for list in lists {
        list.withUnsafeBufferPointer { scores in
          for score in scores {
            if let bucket = index(Self.order(score)) { counts[bucket] += 1 }
          }
        }
      }
      var bucket = 0
      while bucket < counts.count - 1, rank >= counts[bucket] {
        rank -= counts[bucket]
        bucket += 1
      }
      return bucket
    }
    let high = UInt32(bucket { Int($0 >> 16) })
    let low = UInt32(bucket { $0 >> 16 == high ? Int($0 & 0xFFFF) : nil })
    limit = high << 16 | low
    ties = rank
  }

  /// Visits every score in order and says which are the lowest: one list of flags for each list.
  func flags(_ lists: [[Float]]) -> [[Bool]] {
    var ties = ties
    return lists.map { list in
      list.map { score in
        let order = Self.order(score)
        guard order == limit else { return order < limit }
        ties -= 1
        return ties >= 0
      }
    }
  }

  /// An integer that is larger for a larger score; −0 counts as 0, NaN as more than infinity.
  static func order(_ score: Float) -> UInt32 {
    let bits = score == 0 ? 0 : score.isNaN ? Float.nan.bitPattern : score.bitPattern
    return bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits
  }
}
