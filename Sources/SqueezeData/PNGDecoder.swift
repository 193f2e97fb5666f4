import CPNG

/// Reads PNG files with libpng.
///
/// Grey files give one channel, all others three. Alpha and gamma are ignored, as Pillow's
/// `convert("RGB")` does. Of 16 bits the upper eight are kept (with alpha, 16 bits are rounded to
/// eight). A damaged file is an error.
public enum PNGDecoder {
  /// The picture in `bytes`; `name` is what errors call it.
  public static func decode(
    _ bytes: [UInt8],
    name: String,
    limits: ImageLimits = ImageLimits()
  ) throws(ImageError) -> Image {
    let chunks = try chunks(bytes, name: name, limits: limits)
    let file = chunks.file()
    let colour = chunks.colourType.isColour ? formatColour : 0
    let channels = chunks.colourType.isColour ? 3 : 1
    let pixels: [UInt8]
    if chunks.colourType.hasAlpha {
      let samples: [UInt8] = try read(file, format: colour | formatAlpha, channels + 1, name)
      pixels = withoutLast(of: channels + 1, samples)
    } else if chunks.depth == 16 {
      let samples: [UInt16] = try read(file, format: colour | formatLinear, channels, name)
      pixels = samples.map { UInt8($0 >> 8) }
    } else {
      pixels = try read(file, format: colour, channels, name)
    }
    return Image(width: chunks.width, height: chunks.height, channels: channels, pixels: pixels)
  }

  /// The stored numbers of a palette or grey file of at most 8 bits, such as class labels: one
  /// channel, palette indices not replaced by colours, grey levels not scaled.
  public static func decodeIndices(
    _ bytes: [UInt8],
    name: String,
    limits: ImageLimits = ImageLimits()
  ) throws(ImageError) -> Image {
    let chunks = try chunks(bytes, name: name, limits: limits)
    guard [.grey, .palette].contains(chunks.colourType), chunks.depth <= 8 else {
      throw ImageError(
        name,
        expected: "a palette or a grey PNG of at most 8 bits",
        actual: "colour type \(chunks.colourType) of \(chunks.depth) bits"
      )
    }
    // libpng spreads n-bit levels over 0…255, a multiple of what is stored.
    let step = UInt8(255 / ((1 << chunks.depth) - 1))
    let levels: [UInt8] = try read(chunks.file(asGrey: true), format: 0, 1, name)
    return Image(
      width: chunks.width,
      height: chunks.height,
      channels: 1,
      pixels: step == 1 ? levels : levels.map { $0 / step }
    )
  }

  private static func chunks(
    _ bytes: [UInt8],
    name: String,
    limits: ImageLimits
  ) throws(ImageError) -> PNGChunks {
    guard bytes.count <= limits.fileBytes else {
      throw ImageError(name, expected: "≤ \(limits.fileBytes) bytes", actual: "\(bytes.count)")
    }
    let chunks = try PNGChunks(bytes, file: name)
    try limits.check(width: chunks.width, height: chunks.height, file: name)
    try chunks.checkDensity(file: name)
    return chunks
  }

  private static func read<Sample: FixedWidthInteger>(
    _ file: [UInt8],
    format: UInt32,
    _ samples: Int,
    _ name: String
  ) throws(ImageError) -> [Sample] {
    var image = png_image()
    image.version = UInt32(PNG_IMAGE_VERSION)
    defer { png_image_free(&image) }
    guard png_image_begin_read_from_memory(&image, file, file.count) != 0 else {
      throw failure(image, name)
    }
    image.format = format
    // 16-bit levels count as encoded like 8-bit ones; libpng would take them for linear light.
    if format & formatLinear == 0 { image.flags |= flag16BitSRGB }
    let count = Int(image.width) * Int(image.height) * samples
    let rowStride = Int32(image.width) * Int32(samples)
    var finished = false
    let levels = [Sample](unsafeUninitializedCapacity: count) { buffer, size in
      buffer.initialize(repeating: 0)
      finished = png_image_finish_read(&image, nil, buffer.baseAddress, rowStride, nil) != 0
      size = count
    }
    guard finished, image.warning_or_error == 0 else { throw failure(image, name) }
    return levels
  }

  static func failure(_ image: png_image, _ name: String) -> ImageError {
    let message = withUnsafeBytes(of: image.message) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    return ImageError(name, expected: "an intact PNG file", actual: message)
  }

  private static func withoutLast(of samples: Int, _ pixels: [UInt8]) -> [UInt8] {
    let channels = samples - 1
    return [UInt8](unsafeUninitializedCapacity: pixels.count / samples * channels) { kept, size in
      for pixel in 0..<pixels.count / samples {
        for channel in 0..<channels {
          kept[pixel * channels + channel] = pixels[pixel * samples + channel]
        }
      }
      size = kept.count
    }
  }

  // PNG_FORMAT_FLAG_… of png.h.
  private static let formatAlpha: UInt32 = 1
  private static let formatColour: UInt32 = 2
  private static let formatLinear: UInt32 = 4
  // PNG_IMAGE_FLAG_16BIT_sRGB.
  private static let flag16BitSRGB: UInt32 = 4
}

extension PNGChunks.ColourType {
  fileprivate var isColour: Bool { self != .grey && self != .greyAlpha }
  fileprivate var hasAlpha: Bool { self == .greyAlpha || self == .rgba }
}
