import SqueezeData
import SqueezeTensor
import Testing

@Suite struct ImagePreprocessorTests {
  /// A 2×2 picture: red, green; blue, white.
  static let corners = Image(
    width: 2,
    height: 2,
    channels: 3,
    pixels: [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255]
  )

  @Test func channelsAndLayout() throws {
    func scalars(_ order: Preprocessing.ChannelOrder, _ layout: Preprocessing.Layout) throws
      -> Tensor
    {
      let preprocessing = Preprocessing(order: order, layout: layout)
      return try ImagePreprocessor(preprocessing, height: 2, width: 2).tensor(for: Self.corners)
    }
    #expect(
      try scalars(.rgb, .nchw)
        == Tensor([1, 3, 2, 2], [255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255])
    )
    #expect(
      try scalars(.bgr, .nchw)
        == Tensor([1, 3, 2, 2], [0, 0, 255, 255, 0, 255, 0, 255, 255, 0, 0, 255])
    )
    #expect(
      try scalars(.bgr, .nhwc)
        == Tensor([1, 2, 2, 3], [0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255])
    )
    #expect(try scalars(.grey, .nhwc) == Tensor([1, 2, 2, 1], [76, 150, 29, 255]))
  }

  @Test func levelsAreScaledAndNormalized() throws {
    let caffe = try ImagePreprocessor(
      Preprocessing(order: .bgr, mean: [104, 117, 123]),
      height: 2,
      width: 2
    )
    #expect(
      try caffe.tensor(for: Self.corners).scalars
        == [-104, -104, 151, 151, -117, 138, -117, 138, 132, -123, -123, 132]
    )
    let grey = Preprocessing(order: .grey, scale: 1 / 255, mean: [0.5], deviation: [0.25])
    let scalars = try ImagePreprocessor(grey, height: 2, width: 2).tensor(for: Self.corners).scalars
    let expected = [76, 150, 29, 255].map { (Float($0) * (1 / 255) - 0.5) / 0.25 }
    #expect(scalars == expected)
  }

  @Test func sizesFollowTheDescription() throws {
    let image = synthetic(width: 300, height: 200, channels: 3)
    func crop(_ preprocessing: Preprocessing, _ height: Int, _ width: Int) throws -> Image {
      try ImagePreprocessor(preprocessing, height: height, width: width).crop(image)
    }
    // As torchvision: resized to 384×256, cropped at (78, 14).
    let resized = image.resized(width: 384, height: 256)
    let centre = resized.crop(left: 78, top: 14, width: 227, height: 227)
    #expect(try crop(.caffe, 227, 227) == centre)
    // Without a shorter side the crop is covered.
    #expect(try crop(.unit, 100, 150) == image.resized(width: 150, height: 100))
    #expect(try crop(.unit, 200, 300) == image)
    let square = image.resized(width: 96, height: 64)
    #expect(try crop(.unit, 64, 64) == square.crop(left: 16, top: 0, width: 64, height: 64))
    // The description's crop goes before the model's size.
    let own = try crop(Preprocessing(shorterSide: 100, cropHeight: 80, cropWidth: 90), 5, 5)
    #expect(size(of: own) == [90, 80, 3])
    #expect(throws: DataError.self) { try crop(Preprocessing(shorterSide: 100), 120, 90) }
  }

  @Test func flawsAreRefused() throws {
    let flawed = Preprocessing(mean: [1, 2])
    #expect(
      throws: DataError("preprocessing", expected: "a sound description", actual: "2 means")
    ) { try ImagePreprocessor(flawed, height: 8, width: 8) }
    #expect(throws: DataError.self) { try ImagePreprocessor(.unit, height: 0, width: 8) }
    // A needle would become too large.
    let needle = Image(
      width: 1,
      height: 60_000,
      channels: 1,
      pixels: [UInt8](repeating: 0, count: 60_000)
    )
    #expect(throws: DataError.self) {
      try ImagePreprocessor(.caffe, height: 227, width: 227).tensor(for: needle)
    }
  }
}
