/// A dataset, array file or archive that cannot be used.
public struct DataError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file or folder, and where it matters the line or field.
  public var place: String
  public var expected: String
  public var actual: String

  /// Creates an error.
  public init(_ place: String, expected: String, actual: String) {
    self.place = place
    self.expected = expected
    self.actual = actual
  }

  public var description: String { "\(place): expected \(expected), got \(actual)" }
}
