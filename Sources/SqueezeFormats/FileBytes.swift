import Foundation

/// Whole files as bytes, with a limit on their size.
enum FileBytes {
  /// Reads a file of at most `limit` bytes.
  static func read(_ url: URL, limit: Int) throws(FormatError) -> [UInt8] {
    let source = try ByteSource(url, limit: limit)
    do throws(FormatError) {
      return try source.bytes(0..<source.count)
    } catch {
      throw error.in(url.lastPathComponent)
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
