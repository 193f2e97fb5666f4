/// Every initializer by the names that configurations use.
public enum InitializerCatalog {
  /// The names and what they mean; adding one adds one line here.
  public static let all: [(name: String, initializer: any Initializer)] = [
    ("he-normal", HeInitializer(distribution: .normal)),
    ("he-uniform", HeInitializer(distribution: .uniform)),
    ("he-normal-fan-out", HeInitializer(mode: .output, distribution: .normal)),
    ("he-uniform-fan-out", HeInitializer(mode: .output, distribution: .uniform)),
    ("he-uniform-small", HeInitializer.smallUniform),
    ("glorot-normal", GlorotInitializer(distribution: .normal)),
    ("glorot-uniform", GlorotInitializer(distribution: .uniform)),
    ("orthogonal", OrthogonalInitializer()),
  ]

  /// The initializer of a name.
  ///
  /// - Throws: ``TrainingError/setting(_:expected:actual:)`` that lists the names.
  public static func initializer(named name: String) throws(TrainingError) -> any Initializer {
    guard let entry = all.first(where: { $0.name == name }) else {
      throw .setting(
        "initializer",
        expected: "one of " + all.map(\.name).joined(separator: ", "),
        actual: name
      )
    }
    return entry.initializer
  }
}
