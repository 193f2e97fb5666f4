import SqueezeEntropy
import Testing

@Suite("FloatCoder") struct FloatCoderTests {
  static let odd: [Float] = [
    0, -0.0, .infinity, -.infinity, .nan, Float(bitPattern: 0x7FC1_2345),
    Float(bitPattern: 0xFFC0_0001), .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
    .leastNormalMagnitude, .greatestFiniteMagnitude, 1, -1,
  ]

  /// About normal, with deviation 0.02.
  static func normal(_ count: Int, seed: UInt64) -> [Float] {
    var generator = SeededGenerator(seed)
    return (0..<count).map { _ in
      let sum = (0..<12).reduce(Float(0)) { sum, _ in
        sum + Float.random(in: 0..<1, using: &generator)
      }
      return (sum - 6) * 0.02
    }
  }

  static let lists: [[Float]] = [
    [], [0], [-0.0], [1], odd, odd + odd, odd.filter { $0 == $0 }.sorted(),
    normal(1, seed: 1), normal(255, seed: 2), normal(255, seed: 3).sorted(),
    normal(9000, seed: 4), normal(9000, seed: 5).sorted(), normal(30_001, seed: 6) + odd,
    [Float](repeating: 1, count: 300), [Float](repeating: -0.5, count: 20_000),
    (0..<1000).map { Float($0) }, (-500..<500).map { Float($0) * 0.125 },
    [-.infinity, -1, 0, .leastNonzeroMagnitude, 1, .infinity],
    [
      -.leastNormalMagnitude, -.leastNonzeroMagnitude, .leastNonzeroMagnitude, 0x1p-148, 0x1p-140,
      1,
    ],
  ]

  @Test("every bit comes back", arguments: lists.indices)
  func roundTrip(number: Int) throws {
    let values = Self.lists[number]
    let bytes = FloatCoder.encode(values)
    #expect(bytes.count <= 4 * values.count + 1)
    let decoded = try FloatCoder.decode(([7] + bytes)[1...], count: values.count)
    #expect(decoded.map(\.bitPattern) == values.map(\.bitPattern))
  }

  @Test("random patterns come back", arguments: 0..<UInt64(20))
  func patterns(seed: UInt64) throws {
    var generator = SeededGenerator(seed)
    let values = (0..<generator.below(400)).map { _ in
      Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
    }
    let sorted = values.filter { $0 == $0 }.sorted()
    for list in [values, sorted] {
      let bytes = FloatCoder.encode(list)
      let decoded = try FloatCoder.decode(bytes[...], count: list.count)
      #expect(decoded.map(\.bitPattern) == list.map(\.bitPattern))
    }
  }

  @Test("damage gives an error or floats", arguments: lists.indices)
  func damage(number: Int) {
    let values = Array(Self.lists[number].prefix(number > 9 ? 9000 : 300))
    let bytes = FloatCoder.encode(values)
    let copies = damaged(bytes, flips: 100, seed: 9)
    for copy in copies.prefix(100) + copies.suffix(102) {
      let decoded = try? FloatCoder.decode(copy[...], count: values.count)
      #expect(decoded == nil || decoded?.count == values.count)
    }
  }

  @Test func theLengthMustFit() {
    let bytes = FloatCoder.encode(Self.normal(100, seed: 1))
    #expect(throws: EntropyError.self) { try FloatCoder.decode(bytes[...], count: 0) }
    #expect(throws: EntropyError.self) { try FloatCoder.decode(bytes[...], count: 50) }
    #expect(throws: EntropyError.self) { try FloatCoder.decode(bytes[...], count: 200) }
    #expect(throws: EntropyError.self) { try FloatCoder.decode([], count: 1) }
    #expect(throws: EntropyError.malformed("floats: unknown way 9")) {
      try FloatCoder.decode([9, 0, 0], count: 1)
    }
  }

  @Test func codedFloatsAreSmall() {
    // 24 bits of noise are left of a normal number, and some bits less in a sorted table.
    #expect(FloatCoder.encode(Self.normal(100_000, seed: 1)).count < 335_000)
    #expect(FloatCoder.encode(Self.normal(255, seed: 1).sorted()).count < 700)
    #expect(FloatCoder.encode([Float](repeating: 1, count: 5000)).count < 40)
  }

  @Test func streamsStayAsTheyAre() {
    let streams = Self.lists.flatMap { FloatCoder.encode($0) }
    #expect(Hash64.hash(streams) == 0x9252_8C2B_F3A8_B9A4)
  }
}
