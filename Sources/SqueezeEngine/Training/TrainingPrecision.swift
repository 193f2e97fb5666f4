/// The precision in which a training multiplies; sums, parameters and all values in memory are floats.
public enum TrainingPrecision: String, Sendable, Hashable, Codable, CaseIterable {
  /// Floats throughout.
  case float32
  /// Convolutions of stride 1 and fully connected layers of at least 16 inputs and outputs round their factors to
  /// bfloat16, both ways: 8 bits of mantissa, the range of floats. It takes a processor with AMX.
  case bfloat16

  /// Whether this processor can.
  public var isAvailable: Bool { self == .float32 || MatrixTiles.areAvailable }

  /// Checks that a set of kernels can.
  ///
  /// - Throws: ``EngineError`` that says what there is and what to do.
  func check(on set: InstructionSet) throws(EngineError) {
    guard self == .bfloat16 else { return }
    guard set == .v4vnni, isAvailable else {
      let known = set == .v4vnni ? "a processor or system without it" : "kernels for \(set)"
      throw .precision(
        expected: "a processor with AMX for training in bfloat16; train in float32 instead",
        actual: known
      )
    }
  }
}
