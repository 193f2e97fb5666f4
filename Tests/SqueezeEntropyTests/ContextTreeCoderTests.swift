import Foundation
import SqueezeEntropy
import Testing

@Suite("ContextTreeCoder") struct ContextTreeCoderTests {
  @Test func structureIsLearnt() throws {
    // Every second input channel is empty, which order 0 cannot see.
    let levels = Array(Int32(-8)...8)
    let layout = try SymbolLayout(
      rows: 120,
      columns: 64,
      tapRows: 3,
      tapColumns: 3,
      zero: 8,
      levels: levels
    )
    var generator = SeededGenerator(6)
    let symbols = (0..<layout.count).map { index in
      index / 9 % 2 == 0 ? UInt16(8) : UInt16(generator.below(17))
    }
    let plane = try SymbolPlane(layout: layout, symbols: symbols)
    let context = ContextTreeCoder.encode(plane).count
    #expect(Double(context) < 0.9 * Double(RANSCoder.encode(plane).count))
  }

  @Test func zerosCostNextToNothing() throws {
    let layout = try SymbolLayout(rows: 500, columns: 500, zero: 1, levels: [-1, 0, 1])
    let plane = try SymbolPlane(layout: layout, symbols: Array(repeating: 1, count: 250_000))
    #expect(ContextTreeCoder.encode(plane).count < 40)
  }

  @Test func noiseIsHardlyEnlarged() throws {
    let example = PlaneCase(shape: [64, 32, 3, 3], alphabet: 256, zero: 128, spread: .uniform)
    let size = ContextTreeCoder.encode(try example.plane(seed: 7)).count
    #expect(size < 64 * 32 * 9 * 103 / 100)
  }

  @Test func valuesOfHugeAndEqualLevelsAreCoded() throws {
    for levels in [
      [Int32.min, -1, 0, 0, 0, 1, Int32.max], [5, 5, 5], [Int32.min, Int32.min + 1],
    ] {
      let layout = try SymbolLayout(
        rows: 9,
        columns: 5,
        tapRows: 2,
        tapColumns: 2,
        zero: nil,
        levels: levels
      )
      var generator = SeededGenerator(8)
      let symbols = (0..<layout.count).map { _ in UInt16(generator.below(levels.count)) }
      let bytes = ContextTreeCoder.encode(try SymbolPlane(layout: layout, symbols: symbols))
      #expect(try ContextTreeCoder.decode(bytes[...], layout: layout) == symbols)
    }
  }
}
