public import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

extension Model {
  /// The same graph with seeded random parameters in place of whatever it has.
  ///
  /// Weights are uniform with the deviation of He et al., "Delving Deep into Rectifiers" (2015),
  /// §2.2, `√(2 / fan-in)`; biases are 0, batch normalization is the identity.
  public func withRandomParameters(seed: UInt64) throws -> Model {
    var model = self
    var random = SeededGenerator(seed: seed)
    var specs: [String: TensorSpec] = [:]
    for input in inputs { specs[input.name] = TensorSpec(input.shape(), input.type) }
    for node in nodes {
      let inputs = node.inputs.compactMap { specs[$0] }
      for (name, spec) in zip(node.outputs, try node.op.checkedOutputs(for: inputs)) {
        specs[name] = spec
      }
      for parameter in try node.op.parameters(for: inputs) {
        let shape = parameter.spec.shape
        let value: Tensor
        switch parameter.name {
        case "weight":
          let limit = (6 / Float(max(1, shape.count(from: 1)))).squareRoot()
          value = Tensor(shape, (0..<shape.count).map { _ in random.uniform(-limit, limit) })
        case "scale", "variance":
          value = Tensor(shape, [Float](repeating: 1, count: shape.count))
        default: value = Tensor(zeros: shape, type: parameter.spec.type)
        }
        model.parameters[Model.key(node.name, parameter.name)] = Constant.encoding(of: value)
      }
    }
    return model
  }
}
