/// A mistake in a config file.
public struct ConfigError: Error, Sendable, Hashable, CustomStringConvertible {
  public var file: String
  /// The line, counted from 1; `nil` where the mistake is that something is missing.
  public var line: Int?
  public var expected: String
  public var actual: String

  /// Creates an error that names the line, what was expected and what came.
  public init(_ file: String, line: Int?, expected: String, actual: String) {
    self.file = file
    self.line = line
    self.expected = expected
    self.actual = actual
  }

  public var description: String {
    "\(file)\(line.map { ":\($0)" } ?? ""): expected \(expected), got \(actual)"
  }
}
