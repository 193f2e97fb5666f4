/// The class names of segmentation data: `classes.txt` with or without a header.
enum ClassList {
  /// Reads lines of index and name, or whatever ``ImageManifest/classNames(_:file:)`` reads.
  static func read(_ path: String) throws(DataError) -> [String] {
    let bytes = try FileBytes.read(path, limit: 1 << 24)
    let first = bytes.prefix { $0 != UInt8(ascii: "\n") }.split(separator: UInt8(ascii: "\t"))
    guard first.count > 1, Int(String(decoding: first[0], as: UTF8.self)) != nil else {
      return try ImageManifest.classNames(bytes, file: path)
    }
    let more = (2..<first.count).map { "\tcolumn\($0)" }.joined()
    return try ImageManifest.classNames(Array("index\tname\(more)\n".utf8) + bytes, file: path)
  }
}
