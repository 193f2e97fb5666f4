import CTurboJPEG

/// Writes baseline JPEG files with libjpeg-turbo.
public enum JPEGEncoder {
  /// The file of a picture; colour is stored as YCbCr 4:2:0.
  ///
  /// `quality` is 1 (small) … 100 (good), as libjpeg scales its tables.
  public static func encode(
    _ image: Image,
    quality: Int = 90,
    name: String = "JPEG"
  ) throws(ImageError) -> [UInt8] {
    guard (1...100).contains(quality), max(image.width, image.height) <= 65500 else {
      throw ImageError(
        name,
        expected: "quality 1…100 and sides of at most 65500 pixels",
        actual: "quality \(quality), \(image.width)×\(image.height)"
      )
    }
    guard let encoder = tjInitCompress() else {
      throw ImageError(name, expected: "a JPEG encoder", actual: "no memory for one")
    }
    defer { tjDestroy(encoder) }
    var file: UnsafeMutablePointer<UInt8>?
    var count: UInt = 0
    let status = tjCompress2(
      encoder,
      image.pixels,
      Int32(image.width),
      0,
      Int32(image.height),
      image.channels == 1 ? TJPF_GRAY.rawValue : TJPF_RGB.rawValue,
      &file,
      &count,
      Int32(bitPattern: image.channels == 1 ? TJSAMP_GRAY.rawValue : TJSAMP_420.rawValue),
      Int32(quality),
      TJFLAG_ACCURATEDCT
    )
    defer { tjFree(file) }
    guard status == 0, let file else {
      let message = tjGetErrorStr2(encoder).map { String(cString: $0) } ?? "an unknown error"
      throw ImageError(name, expected: "a JPEG file", actual: message)
    }
    return [UInt8](UnsafeBufferPointer(start: file, count: Int(count)))
  }
}
