import Foundation

/// General-purpose compressors that the machine may have, to compare sizes with.
enum Compressor {
  /// The size a compressor makes of a file; `nil` where the machine does not have it.
  static func compressedSize(of file: String, by name: String, _ arguments: [String]) -> Int? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [name] + arguments + [file]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 && !data.isEmpty ? data.count : nil
  }
}
