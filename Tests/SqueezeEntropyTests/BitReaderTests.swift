import SqueezeEntropy
import Testing

@Suite("BitReader") struct BitReaderTests {
  @Test("reads what a writer wrote", arguments: 0..<UInt64(20))
  func roundTrip(seed: UInt64) throws {
    var generator = SeededGenerator(seed)
    let fields = (0..<generator.below(300)).map { _ in
      (value: UInt32(truncatingIfNeeded: generator.next()), width: generator.below(33))
    }
    var writer = BitWriter()
    for field in fields { writer.write(field.value, bits: field.width) }
    let bytes = writer.finish()
    #expect(bytes.count == (fields.reduce(0) { $0 + $1.width } + 7) / 8)

    try bytes.withUnsafeBytes { bytes in
      var reader = BitReader(bytes)
      for field in fields {
        let mask = UInt32(truncatingIfNeeded: (UInt64(1) << UInt64(field.width)) - 1)
        #expect(reader.read(field.width) == field.value & mask)
      }
      try reader.finish("bits")
    }
  }

  @Test func zerosFollowTheEndAndAreNoticed() {
    [UInt8]([0xFF]).withUnsafeBytes { bytes in
      var reader = BitReader(bytes)
      #expect(reader.read(12) == 0xFF0)
      #expect(reader.isPastEnd)
      #expect(throws: EntropyError.truncated("bits")) { try reader.finish("bits") }
    }
  }

  @Test func leftoversAreAnError() {
    for bytes: [UInt8] in [[0xA0, 0x00], [0xA1]] {
      bytes.withUnsafeBytes { bytes in
        var reader = BitReader(bytes)
        #expect(reader.read(3) == 5)
        #expect(throws: EntropyError.self) { try reader.finish("bits") }
      }
    }
  }
}
