public import Foundation

/// The real data that some tests need and the package must not contain.
public enum TestData {
  /// The folder named by `SQUEEZE_DATA`, else `../shared/data` beside the package; `nil` if absent.
  public static let folder: URL? = {
    if let path = ProcessInfo.processInfo.environment["SQUEEZE_DATA"] {
      return existing(URL(fileURLWithPath: path, isDirectory: true))
    }
    return existing(packageFolder.appendingPathComponent("../shared/data").standardizedFileURL)
  }()

  /// Whether the real data is there.
  public static var isAvailable: Bool { folder != nil }

  /// The file at a path below the data folder.
  public static func file(_ path: String) throws -> URL {
    guard let url = folder.flatMap({ existing($0.appendingPathComponent(path)) }) else {
      throw CocoaError(.fileNoSuchFile, userInfo: [NSFilePathErrorKey: path])
    }
    return url
  }

  /// The folder that holds `Package.swift`.
  public static let packageFolder: URL = {
    var folder = URL(fileURLWithPath: #filePath)
    repeat {
      folder.deleteLastPathComponent()
    } while folder.path != "/"
      && existing(folder.appendingPathComponent("Package.swift")) == nil
    return folder
  }()

  private static func existing(_ url: URL) -> URL? {
    FileManager.default.fileExists(atPath: url.path) ? url : nil
  }
}
