import SqueezeData
import Testing

@Suite struct DatasetSubsetTests {
  @Test("every sample is in one part, the chosen ones lie evenly", arguments: [0, 1, 7, 20, 99])
  func spreads(_ count: Int) throws {
    let base = StripeDataset(count: 20, seed: 3)
    let (apart, rest) = base.spread(count)
    #expect(apart.count == min(count, 20) && apart.count + rest.count == 20)
    #expect(Set(apart.indices).union(rest.indices) == Set(0..<20))
    if count == 7 { #expect(apart.indices == [0, 2, 5, 8, 11, 14, 17]) }
    for (position, index) in rest.indices.enumerated() {
      #expect(try rest.sample(position) == base.sample(index))
      #expect(try rest.label(position) == base.label(index))
      #expect(rest.sampleName(position) == base.sampleName(index))
    }
    #expect(rest.classes == base.classes && rest.name == base.name)
  }
}
