import SqueezeEntropy
import Testing

@Suite("ByteCoder") struct ByteCoderTests {
  /// Text like that of a container's directory.
  static let text = [UInt8](
    (1...20).map { index in
      #"{"inputs":["fire\#(index)/squeeze"],"kernel":[3,3],"name":"fire\#(index)/expand","#
        + #""operator":"Conv2D","padding":[1,1,1,1],"stride":[\#(index % 2 + 1),1]}"#
    }.joined(separator: ",").utf8
  )

  static let texts: [[UInt8]] = [
    [], [0], [255, 0, 255], text, [UInt8](repeating: 65, count: 5000), [UInt8](0...255),
    {
      var generator = SeededGenerator(1)
      return (0..<3000).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    }(),
  ]

  @Test("every byte comes back", arguments: texts.indices)
  func roundTrip(number: Int) throws {
    let bytes = Self.texts[number]
    for priming in [[], [1], Self.text] as [[UInt8]] {
      let coded = ByteCoder.encode(bytes, priming: priming)
      let slice = ([9] + coded)[1...]
      #expect(try ByteCoder.decode(slice, count: bytes.count, priming: priming) == bytes)
    }
  }

  @Test func textIsSmallAndSmallerWhenPrimed() {
    let plain = ByteCoder.encode(Self.text).count
    let primed = ByteCoder.encode(Self.text, priming: Array(Self.text.prefix(130))).count
    #expect(plain < 250)  // `xz -9e` takes 320
    #expect(primed < plain - 60)
  }

  @Test func noiseIsHardlyEnlarged() {
    let noise = Self.texts[6]
    #expect(ByteCoder.encode(noise).count < noise.count * 105 / 100)
  }

  @Test func damageGivesAnErrorOrBytes() {
    let coded = ByteCoder.encode(Array(Self.text.prefix(600)))
    for copy in damaged(coded, flips: 100, seed: 2) {
      let decoded = try? ByteCoder.decode(copy[...], count: 600)
      #expect(decoded == nil || decoded?.count == 600)
    }
    #expect(throws: EntropyError.self) { try ByteCoder.decode((coded + [1])[...], count: 600) }
    #expect(throws: EntropyError.self) { try ByteCoder.decode([1], count: -1) }
    #expect(throws: EntropyError.self) { try ByteCoder.decode([1], count: 0) }
  }

  @Test func streamsStayAsTheyAre() {
    let streams = Self.texts.flatMap { ByteCoder.encode($0, priming: [1, 2, 3]) }
    #expect(Hash64.hash(streams) == 0xD08A_C257_AB30_9171)
  }
}
