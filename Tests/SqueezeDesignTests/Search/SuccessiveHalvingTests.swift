import SqueezeDesign
import Testing

@Suite("Successive halving")
struct SuccessiveHalvingTests {
  @Test("rounds have fewer candidates and more epochs, and the last ends where it should")
  func rounds() throws {
    let plan = try SuccessiveHalving(firstEpochs: 1, lastEpochs: 9, factor: 3)
    #expect(
      plan.rounds(candidates: 9).map { [$0.candidates, $0.epochs] } == [[9, 1], [3, 3], [1, 9]]
    )
    let short = try SuccessiveHalving(firstEpochs: 2, lastEpochs: 7, factor: 2)
    #expect(
      short.rounds(candidates: 10).map { [$0.candidates, $0.epochs] } == [
        [10, 2], [5, 4], [2, 7],
      ]
    )
    #expect(plan.rounds(candidates: 1).map(\.epochs) == [9])
    #expect(throws: SearchError.self) { try SuccessiveHalving(firstEpochs: 4, lastEpochs: 2) }
  }

  @Test("the first front survives before the second")
  func survivors() {
    let scores = [[5], [1], [3], [2]].map { Scores([Double($0[0])]) }
    #expect(SuccessiveHalving.survivors(of: scores, keeping: 2, by: [Objective("loss")]) == [1, 3])
  }
}
