import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

/// Checks that two models agree on seeded inputs, for every open size 2 unless told otherwise.
func expectSameFunction(
  _ a: Model,
  _ b: Model,
  openSize: Int = 2,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  var random = SeededGenerator(seed: 11)
  let inputs = a.inputs.map {
    ($0.name, random.tensor(TensorSpec($0.shape(openSize: openSize), $0.type)))
  }
  let tensors = Dictionary(uniqueKeysWithValues: inputs)
  let expected = try ReferenceRuntime().run(a, inputs: tensors)
  let actual = try ReferenceRuntime().run(b, inputs: tensors)
  #expect(Set(expected.keys) == Set(actual.keys), sourceLocation: sourceLocation)
  for (name, tensor) in expected {
    let other = try #require(actual[name], sourceLocation: sourceLocation)
    #expect(
      Tolerance(relative: 1e-5, absolute: 1e-5).accepts(other, expected: tensor),
      "output \(name)",
      sourceLocation: sourceLocation
    )
  }
}

/// A model of some nodes with seeded parameters of whatever shapes they ask for.
func seededModel(
  _ inputs: [ModelInput],
  _ nodes: [Node],
  outputs: [String],
  parameters: [String: any ParameterEncoding] = [:]
) throws -> Model {
  var model = Model(inputs: inputs, outputs: outputs, nodes: nodes, parameters: parameters)
  var random = SeededGenerator(seed: 4)
  var values = Dictionary(
    uniqueKeysWithValues: inputs.map { ($0.name, TensorSpec($0.shape(), $0.type)) }
  )
  for node in nodes {
    let specs = node.inputs.compactMap { values[$0] }
    for parameter in try node.op.parameters(for: specs) {
      let key = Model.key(node.name, parameter.name)
      guard model.parameters[key] == nil else { continue }
      var tensor = random.tensor(parameter.spec)
      if parameter.name == "variance" { tensor.scalars = tensor.scalars.map { 0.5 + abs($0) } }
      model.parameters[key] = Constant.encoding(of: tensor)
    }
    for (name, spec) in zip(node.outputs, try node.op.checkedOutputs(for: specs)) {
      values[name] = spec
    }
  }
  return model
}

/// `[batch, channels, size, size]` under the name `x`.
func images(_ channels: Int, _ size: Int) -> [ModelInput] {
  [ModelInput("x", [.named("batch"), .fixed(channels), .fixed(size), .fixed(size)])]
}
