import SqueezeEntropy
import Testing

@Suite("HuffmanCoder") struct HuffmanCoderTests {
  /// Counts 1, 1, 2, 3, 5 … make the longest codes; 16 bits must be enough for 24 of them.
  @Test func lengthsAreLimited() throws {
    var counts = [1, 1]
    while counts.count < 24 { counts.append(counts[counts.count - 1] + counts[counts.count - 2]) }
    let symbols = counts.enumerated().flatMap { symbol, count in
      [UInt16](repeating: UInt16(symbol), count: count)
    }
    let layout = try SymbolLayout(
      rows: symbols.count,
      columns: 1,
      zero: nil,
      levels: Array(0..<24)
    )
    let plane = try SymbolPlane(layout: layout, symbols: symbols)
    let bytes = HuffmanCoder.encode(plane)
    #expect(try HuffmanCoder.decode(bytes[...], layout: layout) == symbols)
    // An unlimited code takes 317,784 bits; the limit costs a little.
    #expect(bytes.count * 8 > 317_784)
    #expect(bytes.count * 8 < 318_600)
  }

  /// Huffman (1952), table I: 13 messages of these probabilities take 3.42 bits on average.
  @Test func theAverageIsThatOfThePaper() throws {
    let counts = [20, 18, 10, 10, 10, 6, 6, 4, 4, 4, 4, 3, 1]
    let symbols = counts.enumerated().flatMap { symbol, count in
      [UInt16](repeating: UInt16(symbol), count: 100 * count)
    }
    let layout = try SymbolLayout(
      rows: symbols.count,
      columns: 1,
      zero: nil,
      levels: Array(0..<13)
    )
    let size = HuffmanCoder.encode(try SymbolPlane(layout: layout, symbols: symbols)).count
    let table = size - 34200 / 8
    #expect((1...20).contains(table))
  }
}
