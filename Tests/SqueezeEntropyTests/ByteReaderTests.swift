import SqueezeEntropy
import Testing

@Suite("ByteReader") struct ByteReaderTests {
  @Test func readsWhatAWriterWrote() throws {
    var writer = ByteWriter()
    writer.write(UInt8(1))
    writer.write(UInt16(0x0203))
    writer.write(UInt32(0x0405_0607))
    writer.write(UInt64(0x0809_0A0B_0C0D_0E0F))
    writer.write(Float(-0.0))
    for value in [0, 127, 128, 300, Int.max] { writer.writeVarint(value) }
    writer.write(contentsOf: [9, 8, 7])

    var reader = ByteReader(([42] + writer.bytes)[1...], of: "test")
    #expect(try reader.readUInt8() == 1)
    #expect(try reader.readUInt16() == 0x0203)
    #expect(try reader.readUInt32() == 0x0405_0607)
    #expect(try reader.readUInt64() == 0x0809_0A0B_0C0D_0E0F)
    #expect(try reader.readFloat().bitPattern == 1 << 31)
    for value in [0, 127, 128, 300, Int.max] { #expect(try reader.readVarint() == value) }
    #expect(try reader.readSlice(2) == [9, 8])
    #expect(reader.remaining == 1)
    #expect(reader.readRest() == [7])
    #expect(reader.isAtEnd)
  }

  @Test func theEndIsAnError() {
    var reader = ByteReader([1, 2, 3], of: "test")
    #expect(throws: EntropyError.truncated("test")) { try reader.readUInt32() }
    #expect(throws: EntropyError.truncated("test")) { try reader.readSlice(4) }
    #expect(throws: EntropyError.truncated("test")) { try reader.readSlice(-1) }
    #expect(throws: EntropyError.truncated("test")) { try reader.readSlice(.max) }
    #expect(reader.remaining == 3)
  }

  @Test(
    "odd varints are refused",
    arguments: [[0x80], [0x80, 0x00], [UInt8](repeating: 0xFF, count: 10), [0x81, 0x80, 0x00]]
  )
  func varints(bytes: [UInt8]) {
    var reader = ByteReader(bytes[...], of: "test")
    #expect(throws: EntropyError.self) { try reader.readVarint() }
  }

  @Test func aVarintBeyondItsLimitIsRefused() {
    var reader = ByteReader([0xAC, 0x02], of: "test")
    #expect(throws: EntropyError.malformed("test: expected a number up to 299, got 300")) {
      try reader.readVarint(atMost: 299)
    }
  }
}
