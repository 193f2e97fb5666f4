/// A model or dataset that cannot be measured as asked.
public struct MeasureError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is at fault.
  public var place: String
  public var expected: String
  public var actual: String

  /// Creates an error that says what was expected and what came.
  public init(_ place: String, expected: String, actual: String) {
    self.place = place
    self.expected = expected
    self.actual = actual
  }

  public var description: String { "\(place): expected \(expected), got \(actual)" }
}
