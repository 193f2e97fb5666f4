import SqueezeEntropy
import Testing

@Suite("RawCoder") struct RawCoderTests {
  @Test(
    "a symbol takes ⌈log₂ alphabet⌉ bits",
    arguments: [(1, 0), (2, 1), (3, 2), (256, 8), (257, 9), (65536, 16)]
  )
  func width(alphabet: Int, bits: Int) throws {
    let example = PlaneCase(shape: [5, 5, 1, 1], alphabet: alphabet, zero: nil, spread: .uniform)
    #expect(RawCoder.encode(try example.plane(seed: 2)).count == (25 * bits + 7) / 8)
  }

  @Test func aSymbolOutsideTheAlphabetIsAnError() throws {
    let layout = try SymbolLayout(rows: 1, columns: 4, zero: nil, levels: [0, 1, 2])
    #expect(try RawCoder.decode([0b0001_1000], layout: layout) == [0, 1, 2, 0])
    #expect(throws: EntropyError.self) { try RawCoder.decode([0b0001_1011], layout: layout) }
  }
}
