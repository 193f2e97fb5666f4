import SqueezeEntropy
import Testing

@Suite("SymbolLayout") struct SymbolLayoutTests {
  @Test func levelsAreScaledSignificands() {
    let floats: [Float] = [-2, -0.5, 0, 0.25, 1, 1.5]
    let levels = SymbolLayout.levels(forFloatBits: floats.map(\.bitPattern))
    #expect(levels == [-2, -0.5, 0, 0.25, 1, 1.5].map { Int32($0 * Float(1 << 26)) })
  }

  @Test func levelsAscendWhateverTheFloats() {
    var generator = SeededGenerator(1)
    for _ in 0..<200 {
      let bits = (0..<40).map { _ in UInt32(truncatingIfNeeded: generator.next()) }
      let levels = SymbolLayout.levels(forFloatBits: bits)
      #expect(zip(levels, levels.dropFirst()).allSatisfy { $0 <= $1 })
      #expect(levels.allSatisfy { $0.magnitude <= 1 << 28 })
    }
    // The largest finite magnitude lands on 2²⁷, what is not finite on 2²⁸.
    let top: Int32 = 134_217_728
    let edge: [Float] = [-.infinity, -1, .leastNonzeroMagnitude, 1, .infinity, .nan]
    let levels = SymbolLayout.levels(forFloatBits: edge.map(\.bitPattern))
    let expected: [Int32] = [-268_435_456, -top, 0, top, 268_435_456, 268_435_456]
    #expect(levels == expected)
    let denormal = SymbolLayout.levels(forFloatBits: [1, 2, 3])
    #expect(denormal == [16, 32, 48])
  }

  @Test func contradictionsAreErrors() throws {
    #expect(throws: EntropyError.self) {
      try SymbolLayout(rows: 1, columns: 1, zero: nil, levels: [])
    }
    #expect(throws: EntropyError.self) {
      try SymbolLayout(rows: 1, columns: 1, zero: 2, levels: [0, 1])
    }
    #expect(throws: EntropyError.self) {
      try SymbolLayout(rows: -1, columns: 1, zero: nil, levels: [0])
    }
    #expect(throws: EntropyError.self) {
      try SymbolLayout(rows: 1, columns: 1, zero: nil, levels: [1, 0])
    }
    #expect(throws: EntropyError.self) {
      try SymbolLayout(rows: .max, columns: 2, zero: nil, levels: [0])
    }
    #expect(throws: EntropyError.self) {
      try SymbolLayout(rows: 1, columns: 1, zero: nil, levels: Array(0...65536))
    }
    #expect(try SymbolLayout(rows: 2, columns: 3, tapRows: 5, zero: nil, levels: [0]).count == 30)
  }
}
