import SqueezeEntropy
import Testing

@Suite("BitWriter") struct BitWriterTests {
  @Test func theMostSignificantBitComesFirst() {
    var writer = BitWriter()
    writer.write(0b101, bits: 3)
    writer.write(0xFF01, bits: 8)
    #expect(writer.bitCount == 11)
    #expect(writer.finish() == [0b1010_0000, 0b0010_0000])
  }

  @Test func nothingIsNoBytes() {
    var writer = BitWriter()
    writer.write(7, bits: 0)
    #expect(writer.finish().isEmpty)
  }
}
