import SqueezeData
import SqueezeTestSupport
import Testing

@Suite struct OrientationTests {
  /// The letters of a 3×2 picture as Pillow's `ImageOps.exif_transpose` shows them.
  static let shown: [(Orientation, [String])] = [
    (.upright, ["abc", "def"]),
    (.flippedHorizontally, ["cba", "fed"]),
    (.rotated180, ["fed", "cba"]),
    (.flippedVertically, ["def", "abc"]),
    (.transposed, ["ad", "be", "cf"]),
    (.rotatedClockwise, ["da", "eb", "fc"]),
    (.transversed, ["fc", "eb", "da"]),
    (.rotatedCounterclockwise, ["cf", "be", "ad"]),
  ]

  @Test("pictures are shown upright", arguments: shown)
  func upright(_ orientation: Orientation, _ rows: [String]) {
    for channels in [1, 3] {
      func image(_ rows: [String]) -> Image {
        let pixels = rows.joined().utf8.flatMap { [UInt8](repeating: $0, count: channels) }
        let width = rows[0].utf8.count
        return Image(width: width, height: rows.count, channels: channels, pixels: pixels)
      }
      #expect(image(["abc", "def"]).applying(orientation) == image(rows))
    }
  }

  /// An Exif segment with one entry before the orientation.
  static func segment(_ orientation: UInt8, littleEndian: Bool, type: UInt8 = 3) -> [UInt8] {
    func number(_ value: UInt8, _ bytes: Int) -> [UInt8] {
      let zeros = [UInt8](repeating: 0, count: bytes - 1)
      return littleEndian ? [value] + zeros : zeros + [value]
    }
    let order: [UInt8] = littleEndian ? [0x49, 0x49, 42, 0] : [0x4D, 0x4D, 0, 42]
    let tag: [UInt8] = littleEndian ? [0x12, 0x01] : [0x01, 0x12]
    let other = number(1, 2) + number(3, 2) + number(1, 4) + number(7, 2) + [0, 0]
    let entry = tag + number(type, 2) + number(1, 4) + number(orientation, 2) + [0, 0]
    let tiff = order + number(8, 4) + number(2, 2) + other + entry + number(0, 4)
    let body = Array("Exif".utf8) + [0, 0] + tiff
    return [0xFF, 0xE1, 0, UInt8(body.count + 2)] + body
  }

  @Test("Exif is found", arguments: 1...8, [true, false])
  func exif(_ value: Int, _ littleEndian: Bool) throws {
    let orientation = try #require(Orientation(rawValue: value))
    var file = try JPEGEncoder.encode(smooth(width: 20, height: 9, channels: 1))
    let plain = try JPEGDecoder.decode(file, name: "plain")
    file.insert(contentsOf: Self.segment(UInt8(value), littleEndian: littleEndian), at: 2)
    #expect(Orientation(jpeg: file) == orientation)
    #expect(try JPEGDecoder.decode(file, name: "turned") == plain.applying(orientation))
  }

  @Test func otherValuesMeanUpright() {
    let start: [UInt8] = [0xFF, 0xD8]
    #expect(Orientation(jpeg: start + Self.segment(9, littleEndian: true)) == .upright)
    #expect(Orientation(jpeg: start + Self.segment(6, littleEndian: true, type: 4)) == .upright)
    #expect(Orientation(jpeg: []) == .upright)
    let whole = start + Self.segment(6, littleEndian: true)
    #expect(Orientation(jpeg: whole) == .rotatedClockwise)
    for bytes in Mutations(of: whole, count: 10_000) { _ = Orientation(jpeg: bytes) }
  }
}
