import SqueezeEntropy
import Testing

@Suite("IntegerCoder") struct IntegerCoderTests {
  static let lists: [[Int]] = [
    [], [0], [5], [-1], [.max, .min, 0, .min], Array(repeating: 128, count: 1000),
    (0..<300).map { $0 * $0 * ($0 % 2 == 0 ? 1 : -1) }, [1 << 31, 1 << 32, 1 << 33, -(1 << 40)],
    (0..<65).map { Int(bitPattern: 1 << UInt($0 & 63)) },
  ]

  @Test("decoding gives back what was encoded", arguments: lists)
  func roundTrip(_ list: [Int]) throws {
    let bytes = IntegerCoder.encode(list)
    #expect(try IntegerCoder.decode(bytes[...], count: list.count) == list)
  }

  @Test("a constant list takes a few bytes")
  func constant() {
    #expect(IntegerCoder.encode(Array(repeating: 0, count: 256)).count <= 2)
    #expect(IntegerCoder.encode(Array(repeating: 128, count: 256)).count <= 5)
  }

  @Test("damage gives an error or other numbers, never a trap")
  func damage() {
    for (seed, list) in Self.lists.enumerated() {
      for bytes in damaged(IntegerCoder.encode(list), flips: 60, seed: UInt64(seed)) {
        do throws(EntropyError) {
          #expect(try IntegerCoder.decode(bytes[...], count: list.count).count == list.count)
        } catch {}
      }
    }
    #expect(throws: EntropyError.self) { try IntegerCoder.decode([1, 2, 3], count: 0) }
    #expect(throws: EntropyError.self) {
      try IntegerCoder.decode((IntegerCoder.encode([1, 2, 3]) + [0])[...], count: 3)
    }
  }
}
