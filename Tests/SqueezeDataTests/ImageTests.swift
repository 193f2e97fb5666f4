import SqueezeData
import Testing

@Suite struct ImageTests {
  @Test func greyIsPillowsLuma() {
    let image = synthetic(width: 37, height: 29, channels: 3)
    #expect(crc32(image.grey().pixels) == 0x454F_0E24)  // Pillow 13, convert("L")
    let colours = Image(
      width: 3,
      height: 1,
      channels: 3,
      pixels: [255, 0, 0, 0, 255, 0, 0, 0, 255]
    )
    #expect(colours.grey().pixels == [76, 150, 29])
    #expect(colours.rgb() == colours)
  }

  @Test func greyLevelsRepeatInColour() {
    let grey = Image(width: 2, height: 1, channels: 1, pixels: [7, 200])
    #expect(grey.rgb().pixels == [7, 7, 7, 200, 200, 200])
    #expect(grey.rgb().grey() == grey)
    #expect(grey.grey() == grey)
  }

  @Test func cropsTakeTheirRectangle() {
    let image = Image(width: 4, height: 3, channels: 1, pixels: Array(0..<12))
    #expect(image.crop(left: 1, top: 1, width: 2, height: 2).pixels == [5, 6, 9, 10])
    #expect(image.crop(left: 0, top: 0, width: 4, height: 3) == image)
    #expect(image.centreCrop(width: 2, height: 1).pixels == [5, 6])
    #expect(image.centreCrop(width: 1, height: 2).pixels == [1, 5])  // half a pixel rounds down
  }
}
