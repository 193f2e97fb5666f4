/// A pruning that cannot be done as asked.
public struct PruningError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was wrong: a setting, a parameter or a group of channels.
  public var place: String
  public var expected: String
  public var actual: String

  /// Creates an error that says what was expected and what came.
  public init(_ place: String, expected: String, actual: some CustomStringConvertible) {
    self.place = place
    self.expected = expected
    self.actual = actual.description
  }

  public var description: String { "\(place): expected \(expected), got \(actual)" }

  /// Checks that a fraction lies in `0...1`.
  static func check(_ name: String, _ fraction: Double) throws(PruningError) {
    guard (0...1).contains(fraction) else {
      throw PruningError(name, expected: "a fraction in 0...1", actual: fraction)
    }
  }
}
