import Foundation

/// Tensor data in other files of a model's folder.
///
/// A model may name only relative paths that stay inside the folder, also after symbolic links are
/// followed.
struct ONNXExternalData {
  /// The model's folder.
  let folder: URL

  /// Where the bytes of a tensor lie, `count` of them.
  func region(
    of proto: ONNXTensorProto,
    count: Int,
    _ place: String
  ) throws(FormatError) -> ByteRegion {
    var entries: [String: String] = [:]
    for entry in proto.externalData { entries[entry.key] = entry.value }
    let url = try file(entries["location"] ?? "", place)
    let offset = try number(entries["offset"], default: 0, place)
    let length = try number(entries["length"], default: count, place)
    guard length == count else {
      throw FormatError(place, expected: "\(count) bytes of external data", actual: length)
    }
    let source: ByteSource
    do throws(FormatError) {
      source = try ByteSource(url, limit: .max)
    } catch {
      throw FormatError(place, expected: "a readable file \(url.lastPathComponent)", actual: "none")
    }
    guard offset <= source.count, length <= source.count - offset else {
      throw FormatError(
        place,
        expected: "\(length) bytes from offset \(offset) of \(url.lastPathComponent)",
        actual: "a file of \(source.count)"
      )
    }
    return ByteRegion(source: source, range: offset..<offset + length)
  }

  /// The file at a location inside the folder.
  private func file(_ location: String, _ place: String) throws(FormatError) -> URL {
    let parts = location.split(separator: "/", omittingEmptySubsequences: false)
    guard !location.isEmpty, !location.contains("\\"), !location.contains("\0"),
      parts.allSatisfy({ !$0.isEmpty && $0 != ".." })
    else {
      throw FormatError(
        place,
        expected: "external data at a relative path without \"..\"",
        actual: "\"\(location)\""
      )
    }
    let root = folder.standardizedFileURL.resolvingSymlinksInPath().path
    let url = folder.appendingPathComponent(location).standardizedFileURL
      .resolvingSymlinksInPath()
    let prefix = root.hasSuffix("/") ? root : root + "/"
    let isFile = (try? url.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile
    guard url.path.hasPrefix(prefix), isFile == true else {
      throw FormatError(
        place,
        expected: "external data in a file of the model's folder",
        actual: "\"\(location)\""
      )
    }
    return url
  }

  private func number(
    _ text: String?,
    default value: Int,
    _ place: String
  ) throws(FormatError) -> Int {
    guard let text, !text.isEmpty else { return value }
    guard let number = Int(text), number >= 0 else {
      throw FormatError(place, expected: "an offset and a length", actual: "\"\(text)\"")
    }
    return number
  }
}
