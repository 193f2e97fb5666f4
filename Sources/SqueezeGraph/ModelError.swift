/// A model whose graph does not hold together, or inputs it cannot take.
public enum ModelError: Error, Sendable, Hashable {
  /// An operator refused its inputs.
  case shape(ShapeError)
  /// A node takes a value that no input and no earlier node gives.
  case unknownValue(String, node: String)
  /// Two nodes, inputs or values have the same name.
  case duplicateName(String)
  /// The model promises an output that nothing makes.
  case unknownOutput(String)
  /// A node makes another number of values than it names.
  case outputCount(node: String, expected: Int, actual: Int)
  /// A parameter is absent.
  case missingParameter(String)
  /// A parameter has another shape or type than its operator asks for.
  case parameter(String, expected: String, actual: String)
  /// An input of a run is absent.
  case missingInput(String)
  /// A run or a model names an input that the model does not have.
  case unknownInput(String, known: [String])
  /// An input of a run does not fit.
  case input(String, expected: String, actual: String)
  /// An operator without gradient lies between a trained parameter and the model's outputs.
  case notDifferentiable(node: String, operatorName: String)
  /// A gradient that a backward pass cannot take.
  case gradient(String, expected: String, actual: String)
}

extension ModelError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .shape(let error): "\(error)"
    case .unknownValue(let value, let node):
      "node \"\(node)\": expected a value made earlier, got \"\(value)\""
    case .duplicateName(let name): "model: expected unique names, got \"\(name)\" twice"
    case .unknownOutput(let name): "model: expected a node that makes output \"\(name)\", got none"
    case .outputCount(let node, let expected, let actual):
      "node \"\(node)\": expected \(expected) outputs, got \(actual)"
    case .missingParameter(let key): "parameter \"\(key)\": expected a value, got none"
    case .parameter(let key, let expected, let actual):
      "parameter \"\(key)\": expected \(expected), got \(actual)"
    case .missingInput(let name): "input \"\(name)\": expected a tensor, got none"
    case .unknownInput(let name, let known):
      "input \"\(name)\": expected one of \(known.joined(separator: ", ")), got no such input"
    case .input(let name, let expected, let actual):
      "input \"\(name)\": expected \(expected), got \(actual)"
    case .notDifferentiable(let node, let operatorName):
      "node \"\(node)\": expected an operator with a gradient behind trained parameters, "
        + "got \(operatorName)"
    case .gradient(let name, let expected, let actual):
      "gradient of \"\(name)\": expected \(expected), got \(actual)"
    }
  }
}
