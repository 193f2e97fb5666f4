import SqueezeCompress
import SqueezeTensor
import Testing

@Suite struct ScalarClusteringTests {
  private static let starts: [ScalarClustering] = [
    .lloyd(.linear), .lloyd(.density), .lloyd(.random(seed: 5)), .exact,
  ]

  /// Numbers as weights often lie: most near 0, few far out.
  private static func numbers(_ count: Int, seed: UInt64 = 1) -> [Float] {
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      let x = random.uniform(-1, 1)
      return x * x * x
    }
  }

  private static func spread(
    _ numbers: [Float],
    _ centroids: [Float],
    importance: [Float]? = nil
  ) -> Double {
    zip(numbers.indices, ScalarClustering.nearest(numbers, centroids)).reduce(0) { sum, pair in
      let distance = Double(numbers[pair.0] - centroids[pair.1])
      return sum + distance * distance * Double(importance?[pair.0] ?? 1)
    }
  }

  @Test("every centroid is the mean of what is nearest to it", arguments: starts)
  func settles(_ clustering: ScalarClustering) {
    let numbers = Self.numbers(3000)
    let centroids = clustering.centroids(of: numbers, count: 12)
    #expect(centroids == centroids.sorted())
    #expect(centroids.count == 12)
    let nearest = ScalarClustering.nearest(numbers, centroids)
    for (index, centroid) in centroids.enumerated() {
      let own = zip(numbers, nearest).filter { $1 == index }.map { Double($0.0) }
      #expect(!own.isEmpty)
      #expect(abs(own.reduce(0, +) / Double(own.count) - Double(centroid)) < 1e-5)
    }
    for (number, index) in zip(numbers, nearest) {
      let least = centroids.map { abs($0 - number) }.min() ?? 0
      #expect(abs(centroids[index] - number) <= least + 1e-6)
    }
  }

  @Test("nothing is better than exact, on few numbers by trying all", arguments: 0..<20)
  func exactIsBest(_ seed: Int) {
    let numbers = Self.numbers(9, seed: UInt64(seed)).sorted()
    for count in 1...4 {
      var best = Double.infinity
      func cut(_ start: Int, _ left: Int, _ sum: Double) {
        func spread(_ end: Int) -> Double {
          let run = numbers[start..<end].map { Double($0) }
          let mean = run.reduce(0, +) / Double(run.count)
          return run.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        }
        if left == 1 { best = min(best, sum + spread(numbers.count)) }
        guard left > 1 else { return }
        for end in start + 1..<numbers.count { cut(end, left - 1, sum + spread(end)) }
      }
      cut(0, count, 0)
      let centroids = ScalarClustering.exact.centroids(of: numbers, count: count)
      #expect(abs(Self.spread(numbers, centroids) - best) < 1e-6)
    }
  }

  @Test("exact is at most what every start reaches, beyond its number of points too")
  func exactBeatsLloyd() {
    for (count, clusters) in [(500, 7), (40_000, 31)] {
      let numbers = Self.numbers(count)
      let exact = Self.spread(
        numbers,
        ScalarClustering.exact.centroids(of: numbers, count: clusters)
      )
      for start in Self.starts.dropLast() {
        let other = Self.spread(numbers, start.centroids(of: numbers, count: clusters))
        #expect(exact <= other * (1 + 1e-5))
      }
    }
  }

  @Test("few different numbers are kept exactly", arguments: [starts[0], starts[3]])
  func fewNumbers(_ clustering: ScalarClustering) {
    let numbers: [Float] = [3, -1, 3, 0.5, -1, 3]
    #expect(ScalarClustering.exact.centroids(of: numbers, count: 8) == [-1, 0.5, 3])
    #expect(clustering.centroids(of: [2, 2], count: 3) == [2])
    #expect(clustering.centroids(of: [], count: 3).isEmpty)
  }

  @Test("important numbers draw centroids to them")
  func importance() {
    let numbers = Self.numbers(400)
    let importance = numbers.map { $0 > 0.3 ? Float(50) : 0.5 }
    for clustering in Self.starts {
      let plain = clustering.centroids(of: numbers, count: 6)
      let weighted = clustering.centroids(of: numbers, count: 6, importance: importance)
      #expect(
        Self.spread(numbers, weighted, importance: importance)
          < Self.spread(numbers, plain, importance: importance)
      )
    }
  }

  @Test("the same seed chooses the same numbers")
  func seeds() {
    let numbers = Self.numbers(300)
    func centroids(_ seed: UInt64) -> [Float] {
      ScalarClustering.lloyd(.random(seed: seed)).centroids(of: numbers, count: 9)
    }
    #expect(centroids(4) == centroids(4))
    #expect(centroids(4) != centroids(5))
  }
}
