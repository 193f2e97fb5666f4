import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct StraightThroughIntegerTests {
  private func encoding(_ weights: [Float]) -> StraightThroughInteger {
    StraightThroughInteger(
      Tensor([2, weights.count / 2], weights),
      scales: [0.5, 0.1],
      zeroPoints: [0, 3],
      bits: 4,
      axis: 0
    )
  }

  @Test func decodesToTheNearestPointOfTheGrid() {
    // Row 0 runs from −8/2 to 7/2, row 1 from −11/10 to 4/10; halves round to even.
    let decoded = encoding([0.7, 0.25, -9, 3.6, 0.16, 0.44, -1.2, 0.9]).decoded().scalars
    for (actual, expected) in zip(decoded, [0.5, 0, -4, 3.5, 0.2, 0.4, -1.1, 0.4] as [Float]) {
      #expect(abs(actual - expected) < 1e-6)
    }
  }

  @Test func gradientsPassUnlessTheWeightIsClamped() {
    let encoding = encoding([0.7, -4.2, -4.3, 3.8, 0.16, 0.44, 0.46, .nan])
    let gradient = Tensor([2, 4], [1, 2, 3, 4, 5, 6, 7, 8])
    #expect(encoding.pullback(gradient) == [1, 2, 0, 0, 5, 6, 0, 8])
  }

  @Test func smallStepsAddUpUntilTheIntegerChanges() {
    var encoding = encoding([0.7, 0])
    let before = encoding.decoded()
    encoding.free[0] += 0.04
    #expect(encoding.decoded() == before)
    encoding.free[0] += 0.04
    #expect(encoding.decoded().scalars[0] == 1)
    #expect(encoding.rounded.integers == [2, 3])
    #expect(encoding.rounded.decoded() == encoding.decoded())
  }

  @Test func prunedWeightsAreNeitherFreeNorAnythingButZero() {
    let encoding = StraightThroughInteger(
      Tensor([2, 2], [0.7, 5, -3, 0.2]),
      scales: [0.5, 0.1],
      zeroPoints: [0, 3],
      bits: 4,
      axis: 0,
      mask: [true, false, false, true]
    )
    #expect(encoding.free == [0.7, 0.2])
    #expect(encoding.pullback(Tensor([2, 2], [1, 2, 3, 4])) == [1, 4])
    #expect(encoding.decoded().scalars == [0.5, 0, 0, 0.2])
    #expect(encoding.rounded.integers == [1, 0, 3, 5])
  }

  @Test(
    "hostile attributes are refused",
    arguments: [["bits": 1], ["bits": 17], ["axis": 1], ["axis": -2], [:]]
  )
  func refusesHostileAttributes(_ change: [String: Int]) {
    var stored = encoding([1, 2]).stored
    stored.attributes.merge(change) { $1 }
    if change.isEmpty { stored.integers = [[Int.min, 0]] }
    #expect(throws: EncodingError.self) { try StraightThroughInteger(stored: stored) }
  }
}
