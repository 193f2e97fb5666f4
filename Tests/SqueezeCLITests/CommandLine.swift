import Foundation
import SqueezeTestSupport
import Testing

/// The built command, run as a user runs it.
enum SqueezeProcess {
  struct Result {
    var exitCode: Int32
    var output: String
    var errors: String

    /// The output as a JSON object.
    func json() throws -> [String: Any] {
      let value = try JSONSerialization.jsonObject(with: Data(output.utf8))
      return try #require(value as? [String: Any])
    }
  }

  /// Runs the command; output goes through files so that no pipe can fill.
  static func run(_ arguments: String...) throws -> Result { try run(arguments) }

  /// Runs the command with a list of arguments.
  static func run(_ arguments: [String]) throws -> Result {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let (out, err) = (folder.appendingPathComponent("out"), folder.appendingPathComponent("err"))
    for file in [out, err] { try Data().write(to: file) }
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.standardOutput = try FileHandle(forWritingTo: out)
    process.standardError = try FileHandle(forWritingTo: err)
    try process.run()
    process.waitUntilExit()
    return Result(
      exitCode: process.terminationStatus,
      output: String(decoding: try Data(contentsOf: out), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: err), as: UTF8.self)
    )
  }

  /// A new empty folder.
  static func temporaryFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("squeeze-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  /// The command beside the test bundle.
  static let executable: URL = {
    #if canImport(Darwin)
      let products = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
        .deletingLastPathComponent()
    #else
      let products: URL? = Bundle.main.executableURL?.deletingLastPathComponent()
    #endif
    return (products ?? TestData.packageFolder).appendingPathComponent("squeeze")
  }()
}
