import Foundation
import SqueezeData
import SqueezeTestSupport
import Testing

@Suite struct JPEGDecoderTests {
  @Test("pixels equal Pillow's", arguments: PictureFixture.jpeg)
  func matchesPillow(_ fixture: PictureFixture) throws {
    let image = try ImageFile.decode(fixture.bytes, name: fixture.name)
    #expect(size(of: image) == [23, 17, fixture.channels])
    #expect(crc32(image.pixels) == fixture.crc)
  }

  @Test("damaged files are refused or decoded", arguments: PictureFixture.jpeg)
  func fuzzed(_ fixture: PictureFixture) throws {
    try fuzz(fixture.bytes, throwing: ImageError.self) {
      _ = try JPEGDecoder.decode($0, name: "fuzz")
    }
  }

  @Test func aCutFileNamesItself() throws {
    let bytes = PictureFixture.jpeg[0].bytes
    let error = try #require(throws: ImageError.self) {
      try JPEGDecoder.decode(Array(bytes.dropLast(40)), name: "cut.jpg")
    }
    #expect(error.file == "cut.jpg")
    #expect(error.description.hasPrefix("cut.jpg: expected an intact JPEG file, got "))
  }

  @Test func manyPixelsAreRefusedBeforeAllocation() throws {
    let file = try JPEGEncoder.encode(smooth(width: 64, height: 32, channels: 1))
    #expect(throws: Never.self) {
      try JPEGDecoder.decode(file, name: "a", limits: ImageLimits(pixels: 2048))
    }
    #expect(throws: ImageError("a", expected: "1…2047 pixels", actual: "64×32")) {
      try JPEGDecoder.decode(file, name: "a", limits: ImageLimits(pixels: 2047))
    }
    #expect(throws: ImageError.self) {
      try JPEGDecoder.decode(file, name: "a", limits: ImageLimits(fileBytes: file.count - 1))
    }
  }

  /// A header that promises 65,000 × 1,500 pixels in a small file.
  @Test func emptyPromisesAreRefused() throws {
    var bytes = PictureFixture.jpeg[3].bytes
    let frame = try #require(bytes.firstRange(of: [0xFF, 0xC0]))
    bytes.replaceSubrange(frame.lowerBound + 5..<frame.lowerBound + 9, with: [5, 220, 253, 232])
    let error = try #require(throws: ImageError.self) { try JPEGDecoder.decode(bytes, name: "a") }
    #expect(error.actual == "65000×1500 pixels in \(bytes.count) bytes")
  }

  @Test func encodingKeepsThePicture() throws {
    for channels in [1, 3] {
      let image = smooth(width: 50, height: 41, channels: channels)
      let copy = try JPEGDecoder.decode(JPEGEncoder.encode(image, quality: 95), name: "copy")
      #expect(size(of: copy) == [50, 41, channels])
      let worst = zip(image.pixels, copy.pixels).map { abs(Int($0) - Int($1)) }.max()
      #expect((worst ?? 255) <= 12)
    }
    #expect(throws: ImageError.self) {
      try JPEGEncoder.encode(smooth(width: 8, height: 8, channels: 3), quality: 0)
    }
  }

  // CRC-32 of the RGB pixels Pillow 13 decodes.
  @Test(
    "photographs equal Pillow's pixels",
    .enabled(if: TestData.has("imagenet1k-sample"), "needs imagenet1k-sample"),
    arguments: [
      ("imagenet1k-sample/images/0001_n01443537.jpg", 366, 256, 0x7E50_8376 as UInt32),
      ("imagenet1k-sample/images/0365_n02480495.jpg", 256, 340, 0xA2F5_8A74),
      ("imagenet1k-sample/images/0741_n03998194.jpg", 256, 256, 0x3DB3_D716),
    ]
  )
  func photographs(_ name: String, _ width: Int, _ height: Int, _ crc: UInt32) throws {
    let image = try ImageFile.load(TestData.path(name))
    #expect(size(of: image) == [width, height, 3])
    #expect(crc32(image.pixels) == crc)
  }
}
