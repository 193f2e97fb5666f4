import SqueezeExperiments

/// A value for every layer, with exceptions by name: `fc*: 0.9`, `conv1.weight: 0.3`.
struct LayerValues: Sendable, Hashable {
  /// The value where no exception fits.
  var standard: Double
  /// Exceptions by key or by the beginning of keys, ending in `*`.
  var exceptions: [String: Double]

  /// The value of a parameter; of several exceptions that fit the longest name decides.
  subscript(key: String) -> Double {
    exceptions.filter { Self.fits($0.key, key) }.max { $0.key.count < $1.key.count }?.value
      ?? standard
  }

  private static func fits(_ name: String, _ key: String) -> Bool {
    name.hasSuffix("*") ? key.hasPrefix(name.dropLast()) : key == name || key == name + ".weight"
  }

  /// Checks that every exception fits a parameter.
  ///
  /// - Throws: ``RecipeError`` that names the nearest one.
  func check(_ keys: [String], _ step: String) throws(RecipeError) {
    for name in exceptions.keys.sorted() where !keys.contains(where: { Self.fits(name, $0) }) {
      throw RecipeError(
        "\(step), layers",
        expected: "a parameter such as \(keys.first ?? "conv1.weight")",
        actual: Spelling.suggestion(for: name, among: keys)
      )
    }
  }
}

/// A recipe that cannot be carried out on this model, data or machine.
public struct RecipeError: Error, Sendable, Hashable, CustomStringConvertible {
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
