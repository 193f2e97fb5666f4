public import SqueezeTensor

/// Turns pictures into a network's input as a `Preprocessing` describes.
///
/// Channels in its order, resized, cropped, then `(x · scale − mean) / deviation` for every level
/// `x` in `0...255`.
public struct ImagePreprocessor: Sendable {
  public let preprocessing: Preprocessing
  /// The rows of the input.
  public let height: Int
  /// The columns of the input.
  public let width: Int
  /// What every level becomes, 256 numbers for each channel of the input.
  private let levels: [Float]

  /// Creates a preprocessor for a model whose input has `height` × `width` pixels.
  ///
  /// The sizes the preprocessing names go before the model's. Throws where the preprocessing has
  /// a flaw or a size is missing.
  public init(_ preprocessing: Preprocessing, height: Int, width: Int) throws(DataError) {
    if let flaw = preprocessing.flaw {
      throw DataError("preprocessing", expected: "a sound description", actual: flaw)
    }
    self.preprocessing = preprocessing
    self.height = preprocessing.cropHeight ?? height
    self.width = preprocessing.cropWidth ?? width
    guard (1...1 << 16).contains(self.height), (1...1 << 16).contains(self.width) else {
      throw DataError(
        "preprocessing",
        expected: "an input of 1…65536 pixels a side",
        actual: "\(self.height)×\(self.width)"
      )
    }
    levels = (0..<preprocessing.order.count).flatMap { channel in
      (0..<256).map { level in
        (Float(level) * preprocessing.scale - preprocessing.mean(of: channel))
          / preprocessing.deviation(of: channel)
      }
    }
  }

  /// The shape of an input of `count` pictures: `[N, C, H, W]`, or `[N, H, W, C]` as the
  /// preprocessing's layout says.
  public func shape(count: Int = 1) -> Shape {
    let channels = preprocessing.order.count
    return preprocessing.layout == .nchw
      ? [count, channels, height, width] : [count, height, width, channels]
  }

  /// The input for one picture.
  public func tensor(for image: Image) throws(DataError) -> Tensor {
    Tensor(shape(), try scalars(for: image))
  }

  /// The picture resized, cropped and with the channels of the input, still in grey levels.
  public func crop(_ image: Image) throws(DataError) -> Image {
    let image = preprocessing.order == .grey ? image.grey() : image.rgb()
    let (short, long) = (min(image.width, image.height), max(image.width, image.height))
    let side = preprocessing.shorterSide ?? max(width, height)
    guard long * side / short * side <= Self.maximumArea else {
      throw DataError(
        "picture",
        expected: "at most \(Self.maximumArea) pixels after resizing",
        actual: "\(image.width)×\(image.height), to be \(side) pixels short"
      )
    }
    let resized =
      preprocessing.shorterSide.map { image.resized(shorterSide: $0) }
      ?? image.resized(coveringWidth: width, height: height)
    guard resized.width >= width, resized.height >= height else {
      throw DataError(
        "picture",
        expected: "at least \(width)×\(height) pixels after resizing",
        actual: "\(resized.width)×\(resized.height)"
      )
    }
    return resized.centreCrop(width: width, height: height)
  }

  /// The elements of ``tensor(for:)``.
  func scalars(for image: Image) throws(DataError) -> [Float] {
    let image = try crop(image)
    let channels = image.channels
    let area = width * height
    // Where the input's channel c comes from and where its elements go.
    let reversed = preprocessing.order == .bgr
    let planar = preprocessing.layout == .nchw
    return [Float](unsafeUninitializedCapacity: area * channels) { output, size in
      image.pixels.withUnsafeBufferPointer { pixels in
        levels.withUnsafeBufferPointer { levels in
          for channel in 0..<channels {
            let source = reversed ? channels - 1 - channel : channel
            let (start, step) = planar ? (channel * area, 1) : (channel, channels)
            for i in 0..<area {
              output[start + i * step] = levels[channel << 8 + Int(pixels[i * channels + source])]
            }
          }
        }
      }
      size = area * channels
    }
  }

  /// Bounds memory for needle-shaped pictures.
  private static let maximumArea = 1 << 28
}
