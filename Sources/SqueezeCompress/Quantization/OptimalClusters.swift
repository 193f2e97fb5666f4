/// The clusters of numbers on a line with the smallest sum of squared distances.
///
/// Clusters of a line are runs, so `D[k, m] = min over i of D[k − 1, i] + spread(i..<m)`; the best `i` never
/// falls as `m` grows, which leaves `n log n` comparisons per centroid by dividing and conquering.
/// Source: Grønlund et al., "Fast Exact k-Means, k-Medians and Bregman Divergence Clustering in 1D"
/// (2017), §2.
///
/// The result is exact for up to ``maximumPoints`` different numbers. Of more, those that share one of
/// so many equal bins stay together, each with its own place in the sums.
struct OptimalClusters {
  /// The centroids, ascending.
  let centroids: [Float]

  /// The most places between which clusters may end.
  static let maximumPoints = 16_384

  /// Clusters sorted numbers into at most `count` runs.
  init(_ sorted: SortedScalars, count: Int) {
    let ends = Self.ends(sorted.values)
    let points = ends.count - 1
    let clusters = min(count, points)
    guard clusters > 0 else {
      centroids = []
      return
    }
    /// The smallest spread of the first `m` points in as many clusters as rounds so far.
    var best = (0...points).map { sorted.spread(0, ends[$0]) }
    /// Where the last of those clusters begins, for every round but the first.
    var begins: [[UInt16]] = []
    for _ in 1..<max(1, clusters) {
      var next = best
      var begin = [UInt16](repeating: 0, count: points + 1)
      // Ranges of `m` with the range of `i` that can be best for them.
      var open = [(lower: 1, upper: points, from: 0, to: points - 1)]
      while let range = open.popLast() {
        let m = (range.lower + range.upper) / 2
        var (bestCost, bestBegin) = (Double.infinity, range.from)
        for i in range.from...max(range.from, min(range.to, m - 1)) {
          let cost = best[i] + sorted.spread(ends[i], ends[m])
          if cost < bestCost { (bestCost, bestBegin) = (cost, i) }
        }
        next[m] = bestCost
        begin[m] = UInt16(bestBegin)
        if range.lower < m { open.append((range.lower, m - 1, range.from, bestBegin)) }
        if m < range.upper { open.append((m + 1, range.upper, bestBegin, range.to)) }
      }
      best = next
      begins.append(begin)
    }
    var centroids: [Float] = []
    var end = points
    for begin in begins.reversed() {
      let start = Int(begin[end])
      if let mean = sorted.mean(ends[start]..<ends[end]) { centroids.append(mean) }
      end = start
    }
    if let mean = sorted.mean(0..<ends[end]) { centroids.append(mean) }
    self.centroids = centroids.reversed()
  }

  /// The positions before, between and after the points, ascending.
  private static func ends(_ values: [Float]) -> [Int] {
    guard let first = values.first, let last = values.last else { return [0] }
    func boundaries(_ isSame: (Float, Float) -> Bool) -> [Int] {
      [0] + values.indices.dropFirst().filter { !isSame(values[$0 - 1], values[$0]) }
        + [values.count]
    }
    let distinct = boundaries(==)
    guard distinct.count - 1 > maximumPoints else { return distinct }
    let factor = Float(maximumPoints) / (last - first)
    return boundaries { Int(($0 - first) * factor) == Int(($1 - first) * factor) }
  }
}
