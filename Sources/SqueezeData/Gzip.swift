import CZlib

/// Reads gzip archives (RFC 1952) with zlib.
public enum Gzip {
  /// Whether `bytes` begin as a gzip archive does.
  public static func recognises(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

  /// The content of an archive of one or more members, checksums verified.
  ///
  /// Memory stays below twice `limit`; an archive with more content is refused.
  /// `name` is what errors call it.
  public static func inflate(
    _ bytes: [UInt8],
    limit: Int,
    name: String = "gzip"
  ) throws(DataError) -> [UInt8] {
    func failure(_ actual: String) -> DataError {
      DataError(name, expected: "an intact gzip archive", actual: actual)
    }
    var stream = z_stream()
    let windowBitsForGzip: Int32 = 15 + 16
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(&stream, windowBitsForGzip, ZLIB_VERSION, size) == Z_OK else {
      throw failure("no memory for zlib")
    }
    defer { inflateEnd(&stream) }

    var output: [UInt8] = []
    var consumed = 0
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    var status = Z_OK
    repeat {
      if status == Z_STREAM_END {  // another member follows
        guard inflateReset(&stream) == Z_OK else { throw failure("a member zlib cannot begin") }
      }
      let available = min(bytes.count - consumed, Int(Int32.max))
      let produced: Int
      (status, consumed, produced) = bytes.withUnsafeBufferPointer { input in
        chunk.withUnsafeMutableBufferPointer { chunk in
          stream.next_in = input.baseAddress.map { UnsafeMutablePointer(mutating: $0 + consumed) }
          stream.avail_in = UInt32(available)
          stream.next_out = chunk.baseAddress
          stream.avail_out = UInt32(chunk.count)
          let status = CZlib.inflate(&stream, Z_NO_FLUSH)
          return (
            status, consumed + available - Int(stream.avail_in),
            chunk.count - Int(stream.avail_out)
          )
        }
      }
      guard status == Z_OK || status == Z_STREAM_END else {
        let message = stream.msg.map { String(cString: $0) }
        throw failure(message ?? "the end after \(bytes.count) bytes")
      }
      guard produced <= limit - output.count else {
        throw DataError(name, expected: "at most \(limit) bytes of content", actual: "more")
      }
      output.append(contentsOf: chunk[..<produced])
    } while status == Z_OK || consumed < bytes.count
    return output
  }
}
