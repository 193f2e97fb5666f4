import Foundation

/// The bytes of a file or of an array, read piece by piece.
///
/// A file stays open, so every piece is of the same file even where another takes its name, and
/// nothing of it is kept in memory but what a reader asks for.
final class ByteSource: Sendable {
  /// The number of bytes.
  let count: Int
  private let place: Place

  private enum Place {
    case memory([UInt8])
    case file(Int32)
  }

  /// Bytes that are in memory already.
  init(_ bytes: [UInt8]) {
    count = bytes.count
    place = .memory(bytes)
  }

  /// Opens a regular file of at most `limit` bytes.
  ///
  /// - Throws: ``FormatError`` that names the file.
  init(_ url: URL, limit: Int) throws(FormatError) {
    let name = url.lastPathComponent
    let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
    var status = stat()
    guard descriptor >= 0, fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG
    else {
      if descriptor >= 0 { close(descriptor) }
      throw FormatError("file", expected: "a readable file", actual: "none").in(name)
    }
    count = Int(status.st_size)
    guard count <= limit else {
      close(descriptor)
      throw FormatError("file", expected: "at most \(limit) bytes", actual: count).in(name)
    }
    place = .file(descriptor)
  }

  deinit { if case .file(let descriptor) = place { close(descriptor) } }

  /// Copies the bytes of a range to `target`.
  ///
  /// - Throws: ``FormatError`` where a file is shorter than it was.
  /// - Precondition: the range lies inside `0..<count`, and `target` has room for it.
  func read(_ range: Range<Int>, into target: UnsafeMutableRawPointer) throws(FormatError) {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "\(range) of \(count) bytes")
    switch place {
    case .memory(let bytes):
      bytes.withUnsafeBytes { bytes in
        guard let base = bytes.baseAddress else { return }
        target.copyMemory(from: base + range.lowerBound, byteCount: range.count)
      }
    case .file(let descriptor):
      var done = 0
      while done < range.count {
        let part = min(range.count - done, 1 << 30)
        let got = pread(descriptor, target + done, part, off_t(range.lowerBound + done))
        if got < 0, errno == EINTR { continue }
        guard got > 0 else {
          throw FormatError(
            "file",
            expected: "\(range.count) bytes from position \(range.lowerBound)",
            actual: done
          )
        }
        done += got
      }
    }
  }

  /// The bytes of a range; see ``read(_:into:)``.
  func bytes(_ range: Range<Int>) throws(FormatError) -> [UInt8] {
    if case .memory(let bytes) = place {
      return range == bytes.indices ? bytes : Array(bytes[range])
    }
    return try elements(range.count) { buffer throws(FormatError) in try read(range, into: buffer) }
  }

  /// An array whose memory a function fills.
  func elements<Element: BitwiseCopyable>(
    _ count: Int,
    _ fill: (UnsafeMutableRawPointer) throws(FormatError) -> Void
  ) throws(FormatError) -> [Element] {
    var failure: FormatError?
    let elements = [Element](unsafeUninitializedCapacity: count) { buffer, filled in
      guard count > 0, let base = buffer.baseAddress else { return }
      do throws(FormatError) {
        try fill(UnsafeMutableRawPointer(base))
        filled = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return elements
  }
}

/// Some consecutive bytes of a source.
struct ByteRegion {
  let source: ByteSource
  let range: Range<Int>

  var count: Int { range.count }

  /// The bytes.
  func bytes() throws(FormatError) -> [UInt8] { try source.bytes(range) }
}
