import SqueezeMetrics
import SqueezeTensor
import Testing

@Suite struct TopKTests {
  @Test func ranksFollowScoresThenIndices() {
    let scores: [Float] = [0.1, 0.5, 0.2, 0.5, .nan, -.infinity]
    #expect((0..<6).map { TopK.rank(of: $0, in: scores) } == [3, 0, 2, 1, 5, 4])
    #expect(TopK.indices(6, of: scores) == [1, 3, 2, 0, 5, 4])
    #expect(TopK.indices(2, of: scores) == [1, 3])
    #expect(TopK.indices(9, of: scores).count == 6)
    #expect(TopK.indices(0, of: scores).isEmpty)
    #expect(TopK.rank(of: 1, in: scores[2...]) == 0)  // slices count from their start
  }

  /// For k = 1 the rule is argmax with the first of equal maxima.
  @Test func theFirstOfEqualScoresWins() {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<200 {
      let scores = (0..<9).map { _ in Float(Int.random(in: 0..<4, using: &generator)) }
      let best = scores.firstIndex(of: scores.max() ?? 0)
      #expect((0..<9).filter { TopK.rank(of: $0, in: scores) == 0 } == best.map { [$0] })
      #expect(Set((0..<9).map { TopK.rank(of: $0, in: scores) }).count == 9)
    }
  }

  // The example of scikit-learn's top_k_accuracy_score: 3 of 4 right for k = 2.
  @Test func correctRowsAreCounted() throws {
    let scores = Tensor([4, 3], [0.5, 0.2, 0.2, 0.3, 0.4, 0.2, 0.2, 0.4, 0.3, 0.7, 0.2, 0.1])
    let labels = [0, 1, 2, 2]
    let counts = try (0...3).map { try TopK.correctCount($0, scores: scores, labels: labels) }
    #expect(counts == [0, 2, 3, 4])
    let pooled = scores.reshaped([4, 3, 1, 1])
    #expect(try TopK.correctCount(2, scores: pooled, labels: labels) == 3)
  }

  @Test func labelsMustFit() {
    let scores = Tensor(zeros: [2, 3])
    for labels in [[0], [0, 3], [0, -1]] {
      #expect(throws: MetricError.self) {
        try TopK.correctCount(1, scores: scores, labels: labels)
      }
    }
  }
}
