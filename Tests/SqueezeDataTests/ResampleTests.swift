import SqueezeData
import Testing

@Suite struct ResampleTests {
  /// Sizes before and after, and the CRC-32 of what Pillow 13's `resize(…, BILINEAR)` gives.
  struct Golden: Sendable {
    var width, height, channels, toWidth, toHeight: Int
    var crc: UInt32
  }

  static let goldens = [
    Golden(width: 37, height: 29, channels: 3, toWidth: 5, toHeight: 4, crc: 0xA789_4373),
    Golden(width: 37, height: 29, channels: 3, toWidth: 64, toHeight: 50, crc: 0xAF9F_6D39),
    Golden(width: 37, height: 29, channels: 3, toWidth: 37, toHeight: 13, crc: 0x601B_E271),
    Golden(width: 17, height: 23, channels: 1, toWidth: 5, toHeight: 7, crc: 0x7EE2_227E),
    Golden(width: 4, height: 3, channels: 1, toWidth: 9, toHeight: 8, crc: 0x1F0E_DFFE),
    Golden(width: 300, height: 200, channels: 3, toWidth: 227, toHeight: 151, crc: 0xA6C3_C2BF),
    Golden(width: 9, height: 9, channels: 1, toWidth: 1, toHeight: 1, crc: 0x8CDC_1683),
    Golden(width: 1, height: 1, channels: 3, toWidth: 3, toHeight: 2, crc: 0x3B46_157F),
  ]

  @Test("levels equal Pillow's", arguments: goldens)
  func matchesPillow(_ golden: Golden) {
    let image = synthetic(width: golden.width, height: golden.height, channels: golden.channels)
    let resized = image.resized(width: golden.toWidth, height: golden.toHeight)
    #expect([resized.width, resized.height] == [golden.toWidth, golden.toHeight])
    #expect(crc32(resized.pixels) == golden.crc)
  }

  /// The same in numbers: `synthetic(17×23)` to 5×7 by Pillow 13.
  @Test func levelsInNumbers() {
    let resized = synthetic(width: 17, height: 23, channels: 1).resized(width: 5, height: 7)
    #expect(
      resized.pixels == [
        48, 88, 119, 125, 155, 105, 139, 162, 173, 195, 155, 182, 201, 162, 140, 178, 187, 164,
        153, 121, 160, 119, 68, 70, 81, 99, 64, 78, 89, 123, 75, 83, 97, 122, 155,
      ]
    )
  }

  // Widths and heights as torchvision's `Resize(size)`: int(size · long / short).
  @Test func theShorterSideDecides() {
    func size(_ width: Int, _ height: Int, _ side: Int) -> [Int] {
      let image = synthetic(width: width, height: height, channels: 1).resized(shorterSide: side)
      return [image.width, image.height]
    }
    #expect(size(376, 263, 256) == [365, 256])
    #expect(size(263, 376, 256) == [256, 365])
    #expect(size(50, 50, 20) == [20, 20])
    #expect(size(10, 7, 7) == [10, 7])
  }

  @Test func coveringFitsOneSide() {
    func size(_ width: Int, _ height: Int, covering w: Int, _ h: Int) -> [Int] {
      let image = synthetic(width: width, height: height, channels: 1)
        .resized(coveringWidth: w, height: h)
      return [image.width, image.height]
    }
    #expect(size(64, 48, covering: 32, 24) == [32, 24])
    #expect(size(64, 48, covering: 32, 32) == [42, 32])
    #expect(size(48, 64, covering: 32, 24) == [32, 42])
    #expect(size(100, 20, covering: 30, 30) == [150, 30])
  }
}
