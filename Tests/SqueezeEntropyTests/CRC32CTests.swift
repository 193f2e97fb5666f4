import SqueezeEntropy
import Testing

@Suite("CRC32C") struct CRC32CTests {
  @Test("known checksums: the check value, and RFC 3720, appendix B.4")
  func known() {
    #expect(CRC32C.checksum([UInt8]("123456789".utf8)) == 0xE306_9283)
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.checksum([UInt8](0..<32)) == 0x46DD_794E)
    #expect(CRC32C.checksum([UInt8]()) == 0)
  }

  @Test func everyFlippedBitIsSeen() {
    let bytes = [UInt8]((0..<53).map { UInt8($0 * 7 & 255) })
    for bit in 0..<bytes.count * 8 {
      var copy = bytes
      copy[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(CRC32C.checksum(copy) != CRC32C.checksum(bytes))
    }
  }

  @Test func aSliceIsAsGoodAsItsCopy() {
    let bytes = [UInt8](0..<100)
    #expect(CRC32C.checksum(bytes[13..<77]) == CRC32C.checksum(Array(bytes[13..<77])))
  }
}
