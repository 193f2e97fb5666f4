public import SqueezeTensor

/// The specs of all values of a model for given inputs.
public struct Inference: Sendable {
  /// The spec of every value by name.
  public let values: [String: TensorSpec]

  /// The specs of the values a node takes.
  public func inputs(of node: Node) -> [TensorSpec] { node.inputs.compactMap { values[$0] } }
  /// The specs of the values a node makes.
  public func outputs(of node: Node) -> [TensorSpec] { node.outputs.compactMap { values[$0] } }
}

extension Model {
  /// Infers the spec of every value and checks graph and parameters on the way.
  ///
  /// - Parameter shapes: the shapes of some inputs; the others take their own, open sizes 1.
  /// - Returns: the spec of every input and of every value that a node makes.
  /// - Throws: ``ModelError`` naming the node, parameter or input that does not fit.
  public func infer(_ shapes: [String: Shape] = [:]) throws(ModelError) -> Inference {
    var values: [String: TensorSpec] = [:]
    for name in shapes.keys.sorted() where !inputs.contains(where: { $0.name == name }) {
      throw .unknownInput(name, known: inputs.map(\.name))
    }
    for input in inputs {
      let shape = shapes[input.name] ?? input.shape()
      guard input.accepts(shape), shape.checkedCount != nil else {
        throw .input(input.name, expected: "\(input)", actual: "\(shape)")
      }
      guard values.updateValue(TensorSpec(shape, input.type), forKey: input.name) == nil else {
        throw .duplicateName(input.name)
      }
    }
    var names: Set<String> = []
    for node in nodes {
      guard names.insert(node.name).inserted else { throw .duplicateName(node.name) }
      for (name, spec) in zip(node.outputs, try outputs(of: node, given: values)) {
        guard values.updateValue(spec, forKey: name) == nil else { throw .duplicateName(name) }
      }
    }
    for output in outputs where values[output] == nil { throw .unknownOutput(output) }
    return Inference(values: values)
  }

  /// The specs of a node's outputs, its parameters checked.
  private func outputs(
    of node: Node,
    given values: [String: TensorSpec]
  ) throws(ModelError) -> [TensorSpec] {
    var inputs: [TensorSpec] = []
    for name in node.inputs {
      guard let spec = values[name] else { throw .unknownValue(name, node: node.name) }
      inputs.append(spec)
    }
    let outputs: [TensorSpec]
    let parameters: [ParameterSpec]
    do {
      outputs = try node.op.checkedOutputs(for: inputs)
      parameters = try node.op.parameters(for: inputs)
    } catch {
      throw .shape(error.at(node.name))
    }
    guard outputs.count == node.outputs.count else {
      throw .outputCount(node: node.name, expected: outputs.count, actual: node.outputs.count)
    }
    for parameter in parameters {
      let key = Self.key(node.name, parameter.name)
      guard let encoding = self.parameters[key] else { throw .missingParameter(key) }
      let actual = TensorSpec(encoding.shape, encoding.type)
      guard actual == parameter.spec else {
        throw .parameter(key, expected: "\(parameter.spec)", actual: "\(actual)")
      }
    }
    return outputs
  }
}
