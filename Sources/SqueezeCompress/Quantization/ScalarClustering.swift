import SqueezeTensor

/// Clusters numbers around a few centroids so that the squared distances to the nearest are small.
///
/// Source: Han, Mao and Dally, "Deep Compression" (2016), §3.1 and §3.2.
public enum ScalarClustering: Sendable, Hashable {
  /// Lloyd's algorithm: every centroid moves to the mean of what is nearest to it, until none moves.
  case lloyd(Start)
  /// The smallest possible sum, by dynamic programming; see ``OptimalClusters``.
  case exact

  /// Where Lloyd's algorithm begins.
  public enum Start: Sendable, Hashable {
    /// Evenly from the smallest to the largest number, which keeps the few large weights apart.
    case linear
    /// Evenly by rank, so that every centroid begins with as many numbers.
    case density
    /// Numbers chosen at random, the same ones for the same seed.
    case random(seed: UInt64)
  }

  /// The centroids of some finite numbers.
  ///
  /// - Parameters:
  ///   - numbers: what is clustered.
  ///   - count: how many centroids there may be, at least 1.
  ///   - importance: what a squared distance costs for each number; `nil` counts all alike.
  /// - Returns: at most `count` different centroids, ascending; none without numbers.
  public func centroids(of numbers: [Float], count: Int, importance: [Float]? = nil) -> [Float] {
    precondition(count >= 1, "\(count) centroids")
    let sorted = SortedScalars(numbers, importance: importance)
    guard let first = sorted.values.first, let last = sorted.values.last else { return [] }
    var start: [Float]
    switch self {
    case .exact: start = OptimalClusters(sorted, count: count).centroids
    case .lloyd(.linear):
      let step = (last - first) / Float(max(1, count - 1))
      start = count == 1 ? [(first + last) / 2] : (0..<count).map { first + step * Float($0) }
    case .lloyd(.density):
      start = (0..<count).map { sorted.values[(2 * $0 + 1) * sorted.values.count / (2 * count)] }
    case .lloyd(.random(let seed)):
      var random = SeededGenerator(seed: seed)
      start = (0..<count).compactMap { _ in sorted.values.randomElement(using: &random) }
    }
    var centroids = Self.refined(start, sorted)
    // A start may leave centroids without numbers; they go where the spread is largest.
    while centroids.count < count {
      let more = Self.split(centroids, adding: count - centroids.count, sorted)
      if more.count == centroids.count { break }
      let refined = Self.refined(more, sorted)
      if refined.count <= centroids.count { break }
      centroids = refined
    }
    return centroids
  }

  /// Splits the clusters of the largest spread into halves.
  private static func split(
    _ centroids: [Float],
    adding count: Int,
    _ sorted: SortedScalars
  ) -> [Float] {
    let clusters = zip(centroids, runs(centroids, sorted))
      .map { (centroid: $0, run: $1, spread: sorted.spread($1.lowerBound, $1.upperBound)) }
      .sorted { $0.spread > $1.spread }
    return clusters.enumerated().flatMap { index, cluster -> [Float] in
      let (first, last) = (cluster.run.lowerBound, cluster.run.upperBound)
      guard index < count, cluster.spread > 0 else { return [cluster.centroid] }
      let middle = sorted.count(upTo: cluster.centroid)
      guard first < middle, middle < last else { return [cluster.centroid] }
      return [sorted.mean(first..<middle), sorted.mean(middle..<last)].compactMap { $0 }
    }
  }

  /// Moves centroids to the means of what is nearest to them, until none moves; those that nothing is
  /// nearest to are left out at the end.
  private static func refined(_ start: [Float], _ sorted: SortedScalars) -> [Float] {
    var centroids = distinct(start)
    for _ in 0..<maximumRounds {
      let moved = zip(centroids, runs(centroids, sorted)).map { sorted.mean($1) ?? $0 }
      if moved == centroids { break }
      centroids = distinct(moved)
    }
    return zip(centroids, runs(centroids, sorted)).filter { !$1.isEmpty }.map(\.0)
  }

  /// Enough for the clusters of a layer to settle; a round costs only a search per centroid.
  private static let maximumRounds = 1000

  private static func distinct(_ centroids: [Float]) -> [Float] {
    var result: [Float] = []
    for centroid in centroids.sorted() where result.last != centroid { result.append(centroid) }
    return result
  }

  /// The run of numbers that is nearest to each of some ascending centroids.
  private static func runs(_ centroids: [Float], _ sorted: SortedScalars) -> [Range<Int>] {
    var start = 0
    return centroids.indices.map { index in
      let end =
        index + 1 < centroids.count
        ? sorted.count(upTo: middle(centroids[index], centroids[index + 1])) : sorted.values.count
      defer { start = max(start, end) }
      return start..<max(start, end)
    }
  }

  /// The index of the nearest of some ascending centroids for every number; ties take the lower.
  public static func nearest(_ numbers: [Float], _ centroids: [Float]) -> [Int] {
    let limits = zip(centroids, centroids.dropFirst()).map(middle)
    return numbers.map { number in
      var (lower, upper) = (0, limits.count)
      while lower < upper {
        let middle = (lower + upper) / 2
        if limits[middle] < number { lower = middle + 1 } else { upper = middle }
      }
      return lower
    }
  }

  private static func middle(_ a: Float, _ b: Float) -> Float { a / 2 + b / 2 }
}
