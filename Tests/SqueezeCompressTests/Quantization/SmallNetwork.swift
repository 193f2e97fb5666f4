import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// Convolution, ReLU, pool, a branch that is added, mean, flatten, fully connected, softmax.
func smallNetwork() throws -> Model {
  try initialized(
    Model(
      inputs: [ModelInput("x", [1, 3, 12, 12])],
      outputs: ["scores", "prob"],
      nodes: [
        Node(
          "a",
          Convolution(outputChannels: 8, window: SlidingWindow(3, padding: 1)),
          inputs: ["x"]
        ),
        Node("ar", ReLU(), inputs: ["a"]),
        Node("p", MaxPool(window: SlidingWindow(2, stride: 2)), inputs: ["ar"]),
        Node("b", Convolution(outputChannels: 8, window: SlidingWindow(1)), inputs: ["p"]),
        Node("s", Add(), inputs: ["b", "p"]),
        Node("sr", ReLU(), inputs: ["s"]),
        Node("m", GlobalAveragePool(), inputs: ["sr"]),
        Node("f", Flatten(), inputs: ["m"]),
        Node("scores", FullyConnected(outputFeatures: 5), inputs: ["f"]),
        Node("prob", Softmax(axis: 1), inputs: ["scores"]),
      ]
    )
  )
}

/// A model with seeded random numbers for all its parameters, variances positive.
func initialized(_ model: Model, seed: UInt64 = 9) throws -> Model {
  var model = model
  var random = SeededGenerator(seed: seed)
  var specs = Dictionary(
    uniqueKeysWithValues: model.inputs.map { ($0.name, TensorSpec($0.shape())) }
  )
  for node in model.nodes {
    let inputs = node.inputs.compactMap { specs[$0] }
    for (name, spec) in zip(node.outputs, try node.op.outputs(for: inputs)) { specs[name] = spec }
    for parameter in try node.op.parameters(for: inputs) {
      var tensor = random.tensor(parameter.spec)
      if parameter.name == "variance" { tensor.scalars = tensor.scalars.map { abs($0) + 0.1 } }
      model.parameters[Model.key(node.name, parameter.name)] = Dense(tensor)
    }
  }
  return model
}

/// Seeded random inputs for a model, uniform in `[−1, 1)`.
func samples(_ count: Int, for model: Model, seed: UInt64 = 2) -> [[String: Tensor]] {
  var random = SeededGenerator(seed: seed)
  return (0..<count).map { _ in
    Dictionary(
      uniqueKeysWithValues: model.inputs.map { ($0.name, random.tensor(TensorSpec($0.shape()))) }
    )
  }
}

/// Runs a model by its definition.
func reference(_ model: Model, _ inputs: [String: Tensor]) throws -> [String: Tensor] {
  try ReferenceRuntime().run(model, inputs: inputs)
}
