public import SqueezeTensor

/// Whatever can run a model.
public protocol Runtime: Sendable {
  /// Computes the model's outputs.
  ///
  /// - Parameters:
  ///   - model: the graph and its parameters.
  ///   - inputs: a tensor for every input of the model, by name.
  /// - Returns: every output by name.
  /// - Throws: ``ModelError`` where graph, parameters or inputs do not fit.
  func run(_ model: Model, inputs: [String: Tensor]) throws -> [String: Tensor]

  /// A function that runs one model many times, for a runtime that prepares a model once.
  ///
  /// - Returns: what ``run(_:inputs:)`` does with the model; used by one task at a time.
  func prepared(_ model: Model) throws -> ([String: Tensor]) throws -> [String: Tensor]
}

extension Runtime {
  public func prepared(_ model: Model) throws -> ([String: Tensor]) throws -> [String: Tensor] {
    { try run(model, inputs: $0) }
  }
}

/// The runtime that defines what a model computes: every operator's own plain loops, in order.
public struct ReferenceRuntime: Runtime {
  /// Creates the reference runtime.
  public init() {}

  public func run(_ model: Model, inputs: [String: Tensor]) throws -> [String: Tensor] {
    var values = try model.checked(inputs)
    _ = try model.infer(inputs.mapValues(\.shape))
    let lifetimes = model.lifetimes()
    for (position, node) in model.nodes.enumerated() {
      let arguments = node.inputs.compactMap { values[$0] }
      let results: [Tensor]
      do throws(ShapeError) {
        let specs = try node.op.parameters(for: arguments.map(\.spec))
        let parameters = specs.compactMap { model.parameter($0.name, of: node)?.decoded() }
        results = try node.op.forward(arguments, parameters: parameters)
      } catch {
        throw ModelError.shape(error.at(node.name))
      }
      for (name, result) in zip(node.outputs, results) { values[name] = result }
      for name in lifetimes.endingAt[position] ?? [] { values[name] = nil }
    }
    return values.filter { model.outputs.contains($0.key) }
  }
}

extension Model {
  /// Checks that a run has every input, of the right type and shape.
  public func checked(_ tensors: [String: Tensor]) throws(ModelError) -> [String: Tensor] {
    for name in tensors.keys.sorted() where !inputs.contains(where: { $0.name == name }) {
      throw .unknownInput(name, known: inputs.map(\.name))
    }
    for input in inputs {
      guard let tensor = tensors[input.name] else { throw .missingInput(input.name) }
      guard tensor.type == input.type, input.accepts(tensor.shape) else {
        throw .input(input.name, expected: "\(input)", actual: "\(tensor.spec)")
      }
    }
    return tensors
  }
}
