import Foundation

/// Pictures in files: JPEG and PNG, told apart by their first bytes.
public enum ImageFile {
  /// The extensions of picture files, in lower case.
  public static let extensions: Set<String> = ["jpg", "jpeg", "png"]

  /// Reads a picture; a file beyond `limits` is refused before its pixels are allocated.
  public static func load(
    _ path: String,
    limits: ImageLimits = ImageLimits()
  ) throws(ImageError) -> Image {
    let bytes: [UInt8]
    do {
      bytes = try FileBytes.read(path, limit: limits.fileBytes)
    } catch {
      throw ImageError(path, expected: error.expected, actual: error.actual)
    }
    return try decode(bytes, name: path, limits: limits)
  }

  /// The picture in `bytes`; `name` is what errors call it.
  public static func decode(
    _ bytes: [UInt8],
    name: String,
    limits: ImageLimits = ImageLimits()
  ) throws(ImageError) -> Image {
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      return try JPEGDecoder.decode(bytes, name: name, limits: limits)
    }
    if bytes.starts(with: PNGChunks.signature) {
      return try PNGDecoder.decode(bytes, name: name, limits: limits)
    }
    let start = bytes.prefix(4).map { String($0, radix: 16) }.joined(separator: " ")
    throw ImageError(
      name,
      expected: "a JPEG or PNG file",
      actual: bytes.isEmpty ? "an empty file" : "bytes \(start) …"
    )
  }

  /// Writes a picture as PNG, or as JPEG where the path ends so.
  public static func save(_ image: Image, to path: String) throws(ImageError) {
    let type = (path as NSString).pathExtension.lowercased()
    let bytes =
      ["jpg", "jpeg"].contains(type)
      ? try JPEGEncoder.encode(image, name: path) : try PNGEncoder.encode(image, name: path)
    do {
      try Data(bytes).write(to: URL(fileURLWithPath: path))
    } catch {
      throw ImageError(path, expected: "a file that can be written", actual: "\(error)")
    }
  }
}
