import SqueezeEntropy
import Testing

@Suite("ByteWriter") struct ByteWriterTests {
  @Test func theLowByteComesFirst() {
    var writer = ByteWriter()
    writer.write(UInt16(0x0102))
    writer.write(Float(1))
    #expect(writer.bytes == [2, 1, 0, 0, 0x80, 0x3F])
    #expect(writer.count == 6)
  }

  /// The example of DWARF 5, §7.6, figure 50.
  @Test func varintsAreLEB128() {
    var writer = ByteWriter()
    for value in [2, 127, 128, 129, 12857] { writer.writeVarint(value) }
    #expect(writer.bytes == [2, 127, 0x80, 1, 0x81, 1, 57 + 0x80, 100])
  }
}
