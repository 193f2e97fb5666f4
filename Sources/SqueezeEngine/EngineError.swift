/// What the engine cannot do.
public enum EngineError: Error, Sendable, Hashable {
  /// `SQUEEZE_ISA` names an instruction set that is unknown or absent.
  case instructionSet(expected: String, actual: String)
  /// A training is to compute in a precision that this processor has no instructions for.
  case precision(expected: String, actual: String)
  /// A model was compiled for another shape or type of input.
  case input(String, expected: String, actual: String)
  /// A model needs more memory for its values than the engine grants.
  case memory(expected: String, actual: String)
  /// An input of a run is absent.
  case missingInput(String)
  /// A run names an input that the model does not have.
  case unknownInput(String, known: [String])
  /// An output is asked for that the model does not have, or before a run has made it.
  case unknownOutput(String, known: [String])
}

extension EngineError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .instructionSet(let expected, let actual):
      "SQUEEZE_ISA: expected \(expected), got \(actual)"
    case .precision(let expected, let actual): "precision: expected \(expected), got \(actual)"
    case .memory(let expected, let actual):
      "memory for activations: expected \(expected), got \(actual)"
    case .input(let name, let expected, let actual):
      "input \"\(name)\": expected \(expected), got \(actual)"
    case .missingInput(let name): "input \"\(name)\": expected a tensor, got none"
    case .unknownInput(let name, let known):
      "input \"\(name)\": expected one of \(known.joined(separator: ", ")), got no such input"
    case .unknownOutput(let name, let known):
      "output \"\(name)\": expected one of \(known.joined(separator: ", ")) after a run, got none"
    }
  }
}
