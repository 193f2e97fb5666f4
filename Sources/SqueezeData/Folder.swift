import Foundation

/// What lies in a folder, in an order that is the same everywhere.
enum Folder {
  static func exists(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  static func hasFile(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && !isFolder.boolValue
  }

  /// The names in a folder in byte order, without hidden ones.
  static func names(_ path: String) throws(DataError) -> [String] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw DataError(path, expected: "a readable folder", actual: "none")
    }
    return names.filter { !$0.hasPrefix(".") }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The names of the folders in a folder, in byte order.
  static func folders(_ path: String) throws(DataError) -> [String] {
    try names(path).filter { exists(join(path, $0)) }
  }

  static func join(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }

  /// The folder of a file, and the file's name in it.
  static func split(_ path: String) -> (folder: String, name: String) {
    let path = path as NSString
    let folder = path.deletingLastPathComponent
    return (folder.isEmpty ? "." : folder, path.lastPathComponent)
  }

  static func isImage(_ name: String) -> Bool {
    ImageFile.extensions.contains((name as NSString).pathExtension.lowercased())
  }
}
