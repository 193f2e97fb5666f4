import ArgumentParser
import Foundation
import Squeeze

/// Where the command writes.
enum Console {
  /// Writes a result to standard output.
  static func print(_ text: String, terminator: String = "\n") {
    FileHandle.standardOutput.write(Data((text + terminator).utf8))
  }

  /// Writes a remark to standard error.
  static func note(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  /// Writes a value as JSON to standard output.
  static func json(_ value: some Encodable) throws {
    print(try JSONText.encode(value), terminator: "")
  }

  /// Whether standard error is a terminal.
  static let isTerminal = isatty(STDERR_FILENO) == 1
}
