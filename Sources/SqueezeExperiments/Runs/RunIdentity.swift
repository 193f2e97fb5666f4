import Crypto
import Foundation

/// Hashes that say whether two runs do the same.
public enum RunIdentity {
  /// SHA-256 over config, code version and data.
  public static func hash(config: String, version: String, data: String) -> String {
    let parts = [config, version, data].map { "\($0.utf8.count):\($0)" }
    return hex(SHA256.hash(data: Data(parts.joined().utf8)))
  }

  /// A fingerprint of what lies at a path: SHA-256 over names and sizes, and over the contents of small files.
  ///
  /// A folder of many pictures is not read through for it: a change within a file above 1 MB that keeps
  /// its size goes unseen.
  public static func fingerprint(of path: String) -> String {
    var hash = SHA256()
    let root = URL(fileURLWithPath: path)
    var files: [String] = []
    var isFolder: ObjCBool = false
    _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    if isFolder.boolValue {
      let walker = FileManager.default.enumerator(atPath: path)
      while let file = walker?.nextObject() as? String { files.append(file) }
    } else {
      files = [""]
    }
    let hashesContents = files.count <= 1000
    for file in files.sorted() {
      let url = file.isEmpty ? root : root.appendingPathComponent(file)
      let attributes = try? FileManager.default.attributesOfItem(atPath: url.path)
      guard attributes?[.type] as? FileAttributeType != .typeDirectory else { continue }
      let size = attributes?[.size] as? Int ?? 0
      hash.update(data: Data("\(file)\u{0}\(size)\u{0}".utf8))
      if hashesContents, size <= 1 << 20, let data = try? Data(contentsOf: url) {
        hash.update(data: data)
      }
    }
    return hex(hash.finalize())
  }

  private static func hex(_ digest: SHA256.Digest) -> String {
    digest.map { String(format: "%02x", $0) }.joined()
  }
}
