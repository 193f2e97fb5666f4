import CPNG

/// Writes PNG files with libpng.
public enum PNGEncoder {
  /// The file of a picture: 8-bit grey or RGB.
  public static func encode(_ image: Image, name: String = "PNG") throws(ImageError) -> [UInt8] {
    var header = png_image()
    header.version = UInt32(PNG_IMAGE_VERSION)
    defer { png_image_free(&header) }
    guard max(image.width, image.height) <= 1_000_000 else {
      throw ImageError(
        name,
        expected: "sides of at most 1,000,000 pixels",
        actual: "\(image.width)×\(image.height)"
      )
    }
    header.width = UInt32(image.width)
    header.height = UInt32(image.height)
    header.format = image.channels == 1 ? 0 : 2  // PNG_FORMAT_GRAY, PNG_FORMAT_RGB
    // Stored blocks and headers bound what deflate can add.
    var size = image.pixels.count + image.height
    size += size / 1000 + 1024
    var file = [UInt8](repeating: 0, count: size)
    guard png_image_write_to_memory(&header, &file, &size, 0, image.pixels, 0, nil) != 0 else {
      throw PNGDecoder.failure(header, name)
    }
    file.removeSubrange(size...)
    return file
  }
}
