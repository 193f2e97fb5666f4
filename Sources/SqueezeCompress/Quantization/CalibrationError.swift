/// A calibration that cannot work.
public struct CalibrationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was wrong.
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
