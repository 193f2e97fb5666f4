import Foundation

/// Whole files as bytes, with a bound on their size.
public enum FileBytes {
  /// The bytes of a regular file of at most `limit` bytes.
  public static func read(_ path: String, limit: Int = 1 << 30) throws(DataError) -> [UInt8] {
    guard let file = fopen(path, "rb") else {
      throw DataError(path, expected: "a readable file", actual: String(cString: strerror(errno)))
    }
    defer { fclose(file) }
    var status = stat()
    guard fstat(fileno(file), &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw DataError(path, expected: "a regular file", actual: "something else")
    }
    let size = Int(status.st_size)
    guard size <= limit else {
      throw DataError(path, expected: "at most \(limit) bytes", actual: "\(size)")
    }
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = fread(buffer.baseAddress, 1, size, file)
    }
    guard bytes.count == size else {
      throw DataError(path, expected: "\(size) bytes", actual: "\(bytes.count)")
    }
    return bytes
  }
}
