public import Foundation

/// Where checkpoints lie.
public protocol CheckpointStorage: Sendable {
  /// Replaces a file completely or not at all.
  ///
  /// - Returns: where it lies.
  /// - Throws: ``TrainingError/storage(_:reason:)``; the previous file is then still there.
  func write(_ bytes: [UInt8], to name: String) throws(TrainingError) -> URL

  /// The bytes of a file; `nil` where there is none.
  ///
  /// - Throws: ``TrainingError/checkpoint(_:expected:actual:)`` where it cannot be read.
  func read(_ name: String) throws(TrainingError) -> [UInt8]?
}

/// Checkpoints in a folder, written atomically.
///
/// A file is written under another name beside its place, synchronized with the disk, renamed, and the
/// folder synchronized. Whatever stops that, the place holds the old file or the new one.
public struct CheckpointFolder: CheckpointStorage {
  public let folder: URL

  /// Uses a folder, which is made with the first file.
  public init(_ folder: URL) { self.folder = folder }

  public func write(_ bytes: [UInt8], to name: String) throws(TrainingError) -> URL {
    let target = folder.appendingPathComponent(name)
    let part = folder.appendingPathComponent(name + ".part")
    func failure(_ code: Int32) -> TrainingError {
      .storage(target.path, reason: String(cString: strerror(code)))
    }
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw .storage(
        folder.path,
        reason: "the folder cannot be made: \(error.localizedDescription)"
      )
    }
    let file = open(part.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw failure(errno) }
    var code = Self.writeAll(bytes, to: file)
    if code == 0, fsync(file) != 0 { code = errno }
    if close(file) != 0, code == 0 { code = errno }
    if code == 0, rename(part.path, target.path) != 0 { code = errno }
    guard code == 0 else {
      unlink(part.path)
      throw failure(code)
    }
    let directory = open(folder.path, O_RDONLY | O_CLOEXEC)
    if directory >= 0 {
      // Some file systems cannot synchronize folders; the rename itself is done.
      _ = fsync(directory)
      close(directory)
    }
    return target
  }

  /// Writes everything; 0 or an error number.
  private static func writeAll(_ bytes: [UInt8], to file: Int32) -> Int32 {
    bytes.withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count {
        guard let base = bytes.baseAddress else { break }
        let written = Foundation.write(file, base + done, min(bytes.count - done, 1 << 30))
        if written < 0 {
          if errno == EINTR { continue }
          return errno
        }
        done += written
      }
      return 0
    }
  }

  public func read(_ name: String) throws(TrainingError) -> [UInt8]? {
    let url = folder.appendingPathComponent(name)
    let file = open(url.path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      throw .checkpoint(
        url.path,
        expected: "a readable file",
        actual: String(cString: strerror(errno))
      )
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .checkpoint(url.path, expected: "a regular file", actual: "something else")
    }
    let size = Int(status.st_size)
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size, let base = buffer.baseAddress {
        let got = Foundation.read(file, base + count, min(size - count, 1 << 30))
        if got < 0, errno == EINTR { continue }
        guard got > 0 else { break }
        count += got
      }
    }
    guard bytes.count == size else {
      throw .checkpoint(url.path, expected: "\(size) bytes", actual: "\(bytes.count)")
    }
    return bytes
  }
}
