import Foundation
import SqueezeEntropy
import Testing

@Suite("RANSCoder") struct RANSCoderTests {
  @Test func theSizeIsNearTheEntropy() throws {
    let example = PlaneCase(shape: [200, 200, 1, 1], alphabet: 64, zero: 32, spread: .peaked)
    let plane = try example.plane(seed: 3)
    var counts = [Double](repeating: 0, count: 64)
    for symbol in plane.symbols { counts[Int(symbol)] += 1 }
    let total = Double(plane.symbols.count)
    let bits = counts.filter { $0 > 0 }.reduce(0) { $0 - $1 * log2($1 / total) }
    let size = Double(RANSCoder.encode(plane).count)
    #expect(size >= bits / 8)
    #expect(size < bits / 8 * 1.002 + 150)
  }

  @Test func aLonelySymbolCostsNothingButTheHeader() throws {
    let example = PlaneCase(shape: [100, 100, 1, 1], alphabet: 256, zero: 0, spread: .constant)
    #expect(RANSCoder.encode(try example.plane(seed: 4)).count < 80)
  }
}
