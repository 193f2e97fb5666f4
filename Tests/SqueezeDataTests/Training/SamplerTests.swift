import SqueezeData
import Testing

@Suite struct SamplerTests {
  @Test func shufflingIsAPermutationOfItsSeedAndEpoch() {
    let sampler = ShuffledSampler(seed: 5)
    let order = sampler.draws(epoch: 0, count: 100)
    #expect(order.map(\.sample).sorted() == Array(0..<100))
    #expect(order == sampler.draws(epoch: 0, count: 100))
    #expect(order != sampler.draws(epoch: 1, count: 100))
    #expect(order != ShuffledSampler(seed: 6).draws(epoch: 0, count: 100))
    #expect(sampler.draws(epoch: 0, count: 1) == [Draw(0)])
    #expect(SequentialSampler().draws(epoch: 7, count: 3) == [Draw(0), Draw(1), Draw(2)])
  }

  /// Each sample comes first in about a tenth of all epochs.
  @Test func shufflingIsFair() {
    var firsts = [Int](repeating: 0, count: 10)
    for epoch in 0..<2000 {
      firsts[ShuffledSampler(seed: 1).draws(epoch: epoch, count: 10)[0].sample] += 1
    }
    #expect(firsts.allSatisfy { (150...250).contains($0) })
  }

  @Test func classesAreDrawnEquallyOften() {
    let labels = [Int](repeating: 0, count: 80) + [Int](repeating: 3, count: 15) + [7, 7, 7, 7, 7]
    let sampler = ClassBalancedSampler(labels: labels, seed: 2)
    let draws = sampler.draws(epoch: 4, count: 100)
    #expect(draws.count == 100)
    var counts: [Int: Int] = [:]
    for draw in draws { counts[labels[draw.sample], default: 0] += 1 }
    #expect(counts.values.allSatisfy { (33...34).contains($0) })
    // No sample twice without a new repetition, and none a third time before all had a second.
    #expect(Set(draws).count == 100)
    let rare = draws.filter { labels[$0.sample] == 7 }
    #expect(rare.map(\.repetition).max() == 6)
    #expect(Set(rare.filter { $0.repetition == 0 }.map(\.sample)).count == 5)
    #expect(draws.filter { labels[$0.sample] == 0 }.allSatisfy { $0.repetition == 0 })
    #expect(draws == sampler.draws(epoch: 4, count: 100))
    #expect(draws != sampler.draws(epoch: 5, count: 100))
  }

  @Test("ranks together see what one process sees", arguments: [1, 2, 3, 5])
  func ranks(_ rankCount: Int) {
    let base = ShuffledSampler(seed: 9)
    let whole = base.draws(epoch: 2, count: 103)
    let parts = (0..<rankCount).map {
      RankSampler(base, rank: $0, of: rankCount, batchSize: 4).draws(epoch: 2, count: 103)
    }
    let batches = 103 / (4 * rankCount)
    var joined: [Draw] = []
    for batch in 0..<batches {
      for part in parts { joined += part[4 * batch..<4 * batch + 4] }
    }
    #expect(joined == Array(whole.prefix(4 * rankCount * batches)))
    #expect(parts.allSatisfy { $0.count == 4 * batches })
  }
}
