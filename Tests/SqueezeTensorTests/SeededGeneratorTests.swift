import SqueezeTensor
import Testing

@Suite struct SeededGeneratorTests {
  // The first numbers of SplitMix64 for seed 1234567, as Vigna's reference code in C gives them.
  @Test func numbersAreSplitMix64s() {
    var generator = SeededGenerator(seed: 1_234_567)
    let numbers = (0..<5).map { _ in generator.next() }
    #expect(
      numbers == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ]
    )
  }

  @Test func uniformTakesTheUpperBits() {
    var generator = SeededGenerator(seed: 1_234_567)
    #expect(generator.uniform() == 0.3500795364379883)
    #expect(generator.uniform(-2, 2) == -2 + 4 * 0.1736440658569336)
    let values = (0..<10_000).map { _ in generator.uniform() }
    #expect(values.allSatisfy { (0..<1).contains($0) })
    #expect(abs(values.reduce(0, +) / 10_000 - 0.5) < 0.01)
  }

  @Test("tensors stay in their type's range", arguments: ElementType.allCases)
  func tensors(_ type: ElementType) {
    var (a, b) = (SeededGenerator(seed: 9), SeededGenerator(seed: 9))
    let tensor = a.tensor(TensorSpec([7, 30], type))
    #expect(tensor == b.tensor(TensorSpec([7, 30], type)))
    #expect(tensor.type == type)
    #expect(Set(tensor.reals).count > 1)
    if let range = type.range {
      #expect(tensor.integers.allSatisfy { range.contains($0) && abs($0) <= 100 })
    } else {
      #expect(tensor.scalars.allSatisfy { (-1..<1).contains($0) })
    }
  }
}
