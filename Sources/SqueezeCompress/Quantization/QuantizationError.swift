/// A quantization that cannot be done as asked.
public struct QuantizationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The parameter or setting.
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

  /// Checks that a list of weights has no infinities and no NaN.
  static func requireFinite(_ scalars: [Float], _ key: String) throws(QuantizationError) {
    // A sum of products with 0 is NaN exactly where one number is not finite.
    guard !scalars.reduce(Float(0), { $0 + $1 * 0 }).isNaN else {
      let flaw = scalars.first { !$0.isFinite } ?? .nan
      throw QuantizationError("parameter \"\(key)\"", expected: "finite numbers", actual: "\(flaw)")
    }
  }
}
