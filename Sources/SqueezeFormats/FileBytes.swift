import Foundation

/// Whole files as bytes, with a limit on their size.
enum FileBytes {
  /// Reads a file of at most `limit` bytes.
  static func read(_ url: URL, limit: Int) throws(FormatError) -> [UInt8] {
    let name = url.lastPathComponent
    let values = try? url.resolvingSymlinksInPath().resourceValues(
      forKeys: [.isRegularFileKey, .fileSizeKey]
    )
    guard let values, values.isRegularFile == true, let size = values.fileSize else {
      throw FormatError("file", expected: "a readable file", actual: "none").in(name)
    }
    guard size <= limit else {
      throw FormatError("file", expected: "at most \(limit) bytes", actual: size).in(name)
    }
    do {
      return [UInt8](try Data(contentsOf: url))
    } catch {
      throw FormatError("file", expected: "a readable file", actual: "an error of the system")
        .in(name)
    }
  }

  /// Writes bytes so that the file is either the old one or whole.
  static func write(_ bytes: [UInt8], to url: URL) throws(FormatError) {
    do {
      try Data(bytes).write(to: url, options: .atomic)
    } catch {
      throw FormatError("file", expected: "a writable folder", actual: "\(error)")
        .in(url.lastPathComponent)
    }
  }
}
