import SqueezeEntropy
import Testing

@Suite("SymbolPlane") struct SymbolPlaneTests {
  @Test func symbolsMustFitTheLayout() throws {
    let layout = try SymbolLayout(rows: 2, columns: 2, zero: 0, levels: [0, 1, 2])
    #expect(try SymbolPlane(layout: layout, symbols: [0, 1, 2, 0]).symbols == [0, 1, 2, 0])
    #expect(throws: EntropyError.self) { try SymbolPlane(layout: layout, symbols: [0, 1, 2]) }
    #expect(throws: EntropyError.self) { try SymbolPlane(layout: layout, symbols: [0, 1, 2, 3]) }
  }
}
