import CTurboJPEG

/// Reads JPEG files with libjpeg-turbo: accurate inverse DCT and smooth chroma upsampling, so
/// pixels equal those of libjpeg's defaults.
///
/// Grey files give one channel; YCbCr, RGB, CMYK and YCCK files three. The Exif orientation is
/// applied. Whatever the library warns of (cut or damaged data) is an error.
public enum JPEGDecoder {
  /// The picture in `bytes`; `name` is what errors call it.
  public static func decode(
    _ bytes: [UInt8],
    name: String,
    limits: ImageLimits = ImageLimits()
  ) throws(ImageError) -> Image {
    guard bytes.count <= limits.fileBytes else {
      throw ImageError(name, expected: "≤ \(limits.fileBytes) bytes", actual: "\(bytes.count)")
    }
    guard let decoder = tjInitDecompress() else {
      throw ImageError(name, expected: "a JPEG decoder", actual: "no memory for one")
    }
    defer { tjDestroy(decoder) }
    func failure() -> ImageError {
      let message = tjGetErrorStr2(decoder).map { String(cString: $0) } ?? "an unknown error"
      return ImageError(name, expected: "an intact JPEG file", actual: message)
    }

    var (width, height, subsampling, space) = (Int32(0), Int32(0), Int32(0), Int32(0))
    let status = tjDecompressHeader3(
      decoder,
      bytes,
      UInt(bytes.count),
      &width,
      &height,
      &subsampling,
      &space
    )
    guard status == 0 else { throw failure() }
    try limits.check(width: Int(width), height: Int(height), file: name)
    let count = Int(width) * Int(height)
    guard count <= bytes.count * maximumPixelsPerByte else {
      throw ImageError(
        name,
        expected: "at most \(maximumPixelsPerByte) pixels per byte",
        actual: "\(width)×\(height) pixels in \(bytes.count) bytes"
      )
    }

    let format: TJPF
    let samples: Int
    switch UInt32(bitPattern: space) {
    case TJCS_GRAY.rawValue: (format, samples) = (TJPF_GRAY, 1)
    case TJCS_CMYK.rawValue, TJCS_YCCK.rawValue: (format, samples) = (TJPF_CMYK, 4)
    default: (format, samples) = (TJPF_RGB, 3)
    }
    var decoded = false
    let pixels = [UInt8](unsafeUninitializedCapacity: count * samples) { buffer, size in
      buffer.initialize(repeating: 0)
      decoded =
        tjDecompress2(
          decoder,
          bytes,
          UInt(bytes.count),
          buffer.baseAddress,
          width,
          0,
          height,
          format.rawValue,
          TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS
        ) == 0
      size = count * samples
    }
    guard decoded else { throw failure() }
    return Image(
      width: Int(width),
      height: Int(height),
      channels: samples == 1 ? 1 : 3,
      pixels: samples == 4 ? rgb(invertedCMYK: pixels) : pixels
    ).applying(Orientation(jpeg: bytes))
  }

  /// A grey progressive file of one colour has 512: one bit for each 8×8 block.
  private static let maximumPixelsPerByte = 4096

  /// `R = (1 − C)(1 − K)` and so on, for ink levels stored inverted as Adobe's programs do.
  private static func rgb(invertedCMYK inks: [UInt8]) -> [UInt8] {
    var rgb: [UInt8] = []
    rgb.reserveCapacity(inks.count / 4 * 3)
    for pixel in stride(from: 0, to: inks.count, by: 4) {
      let light = Int(inks[pixel + 3])
      for ink in inks[pixel..<pixel + 3] {
        let product = (255 - Int(ink)) * light + 128
        rgb.append(UInt8(truncatingIfNeeded: light - ((product >> 8) + product) >> 8))
      }
    }
    return rgb
  }
}
