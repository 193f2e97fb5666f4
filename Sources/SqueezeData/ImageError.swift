/// A picture that cannot be read or written.
public struct ImageError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file, or what the caller named the bytes.
  public var file: String
  public var expected: String
  public var actual: String

  /// Creates an error.
  public init(_ file: String, expected: String, actual: String) {
    self.file = file
    self.expected = expected
    self.actual = actual
  }

  public var description: String { "\(file): expected \(expected), got \(actual)" }
}

/// What a picture may cost at most; checked before anything is allocated for it.
public struct ImageLimits: Sendable, Hashable {
  /// The most pixels.
  public var pixels: Int
  /// The most bytes of the file.
  public var fileBytes: Int

  /// Creates limits; by default 100 megapixels and 256 megabytes.
  public init(pixels: Int = 100_000_000, fileBytes: Int = 256_000_000) {
    self.pixels = pixels
    self.fileBytes = fileBytes
  }

  /// Throws where `width` × `height` is empty or has too many pixels.
  func check(width: Int, height: Int, file: String) throws(ImageError) {
    let (count, overflow) = width.multipliedReportingOverflow(by: height)
    guard width > 0, height > 0, !overflow, count <= pixels else {
      throw ImageError(file, expected: "1…\(pixels) pixels", actual: "\(width)×\(height)")
    }
  }
}
