/// Predictions and truths a metric is not defined for.
public struct MetricError: Error, Hashable, Sendable, CustomStringConvertible {
  public var metric: String
  public var expected: String
  public var actual: String

  /// Creates an error.
  public init(_ metric: String, expected: String, actual: String) {
    self.metric = metric
    self.expected = expected
    self.actual = actual
  }

  public var description: String { "\(metric): expected \(expected), got \(actual)" }

  /// Throws where two lists that belong together have different lengths.
  static func check(_ metric: String, _ a: Int, matches b: Int) throws(MetricError) {
    guard a == b else { throw MetricError(metric, expected: "\(b) values", actual: "\(a)") }
  }
}
