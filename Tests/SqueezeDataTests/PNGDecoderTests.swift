import CZlib
import SqueezeData
import SqueezeTestSupport
import Testing

@Suite struct PNGDecoderTests {
  @Test("pixels equal Pillow's", arguments: PictureFixture.png)
  func matchesPillow(_ fixture: PictureFixture) throws {
    let image = try ImageFile.decode(fixture.bytes, name: fixture.name)
    #expect(size(of: image) == [7, 5, fixture.channels])
    if fixture.name == "rgba16" {  // the first pixel is E907 4ED7 EC17
      #expect(Array(image.pixels[..<3]) == [0xE8, 0x4F, 0x17])
    } else {
      #expect(crc32(image.pixels) == fixture.crc)
    }
  }

  @Test("damaged files are refused or decoded", arguments: PictureFixture.png)
  func fuzzed(_ fixture: PictureFixture) throws {
    try fuzz(fixture.bytes, count: 1000, throwing: ImageError.self) {
      _ = try PNGDecoder.decode($0, name: "fuzz")
    }
    // With checksums put right, damage reaches libpng.
    try fuzz(fixture.bytes, count: 2000, cutsMayParse: true, throwing: ImageError.self) {
      _ = try PNGDecoder.decode(Self.withChecksums($0), name: "fuzz")
    }
  }

  @Test func indicesAreWhatIsStored() throws {
    let palette = try #require(PictureFixture.png.first { $0.name == "palette4" })
    let indices = try PNGDecoder.decodeIndices(palette.bytes, name: "palette")
    #expect(Array(indices.pixels.prefix(14)) == [13, 9, 3, 11, 8, 10, 12, 11, 1, 1, 7, 6, 13, 3])
    #expect(indices.channels == 1)
    let grey = try #require(PictureFixture.png.first { $0.name == "grey4" })
    let levels = try PNGDecoder.decodeIndices(grey.bytes, name: "grey")
    #expect(Array(levels.pixels.prefix(14)) == [1, 5, 10, 1, 13, 5, 3, 8, 14, 14, 13, 4, 0, 12])
    let rgb = try #require(PictureFixture.png.first { $0.name == "rgb8" })
    let error = try #require(throws: ImageError.self) {
      try PNGDecoder.decodeIndices(rgb.bytes, name: "rgb.png")
    }
    #expect(error.expected == "a palette or a grey PNG of at most 8 bits")
  }

  @Test func manyPixelsAreRefusedBeforeAllocation() throws {
    let file = try PNGEncoder.encode(synthetic(width: 64, height: 32, channels: 3))
    #expect(throws: ImageError("a", expected: "1…2047 pixels", actual: "64×32")) {
      try PNGDecoder.decode(file, name: "a", limits: ImageLimits(pixels: 2047))
    }
    var large = file  // 10,000 × 8,000 pixels in a small file
    large.replaceSubrange(16..<24, with: [0, 0, 0x27, 0x10, 0, 0, 0x1F, 0x40])
    let error = try #require(throws: ImageError.self) {
      try PNGDecoder.decode(Self.withChecksums(large), name: "a")
    }
    #expect(error.expected == "image data for 10000×8000 pixels")
  }

  @Test("encoding keeps every level", arguments: [1, 3])
  func encoding(_ channels: Int) throws {
    for (width, height) in [(1, 1), (37, 29), (300, 2)] {
      let image = synthetic(width: width, height: height, channels: channels)
      #expect(try PNGDecoder.decode(PNGEncoder.encode(image), name: "copy") == image)
    }
  }

  // CRC-32 of the pixels Pillow 13 decodes.
  @Test(
    "label maps equal Pillow's pixels",
    .enabled(if: TestData.has("camvid/labels"), "needs camvid"),
  )
  func labelMaps() throws {
    let path = TestData.path("camvid/labels/0001TP_006690.png")
    let bytes = try FileBytes.read(path)
    let image = try PNGDecoder.decode(bytes, name: path)
    #expect(size(of: image) == [480, 360, 1])
    #expect(crc32(image.pixels) == 0xCD60_0F26)
    #expect(try PNGDecoder.decodeIndices(bytes, name: path) == image)
  }

  /// The file with the right checksum after every chunk as far as chunks can be found.
  static func withChecksums(_ file: [UInt8]) -> [UInt8] {
    var file = file
    var at = 8
    while at + 12 <= file.count {
      let length = file[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= file.count - at - 12 else { break }
      let crc = crc32(Array(file[(at + 4)..<(at + 8 + length)]))
      for byte in 0..<4 {
        file[at + 8 + length + byte] = UInt8(truncatingIfNeeded: crc >> (24 - 8 * byte))
      }
      at += 12 + length
    }
    return file
  }
}
