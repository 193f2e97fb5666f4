import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// Small models for the tests of pruning.
enum PruningNetworks {
  /// Random weights for every node of a graph, uniform in ±1.
  static func filled(_ model: Model, seed: UInt64) throws -> Model {
    var model = model
    var random = SeededGenerator(seed: seed)
    var specs: [String: TensorSpec] = [:]
    for input in model.inputs { specs[input.name] = TensorSpec(input.shape()) }
    for node in model.nodes {
      let inputs = node.inputs.compactMap { specs[$0] }
      for (name, spec) in zip(node.outputs, try node.op.outputs(for: inputs)) { specs[name] = spec }
      for parameter in try node.op.parameters(for: inputs) {
        var tensor = random.tensor(parameter.spec)
        if parameter.name == "variance" { tensor.scalars = tensor.scalars.map { abs($0) + 0.5 } }
        model.parameters[Model.key(node.name, parameter.name)] = Dense(tensor)
      }
    }
    return model
  }

  /// A convolution, a transposed one and two fully connected layers.
  static func layers(seed: UInt64 = 1) throws -> Model {
    try filled(
      Model(
        inputs: [ModelInput("x", [1, 4, 5, 5])],
        outputs: ["b"],
        nodes: [
          Node(
            "conv",
            Convolution(outputChannels: 8, window: SlidingWindow(3, padding: 1)),
            inputs: ["x"]
          ),
          Node(
            "up",
            TransposedConvolution(outputChannels: 6, window: SlidingWindow(2, stride: 2)),
            inputs: ["conv"]
          ),
          Node("pool", GlobalAveragePool(), inputs: ["up"]),
          Node("flat", Flatten(), inputs: ["pool"]),
          Node("a", FullyConnected(outputFeatures: 20), inputs: ["flat"]),
          Node("b", FullyConnected(outputFeatures: 10), inputs: ["a"]),
        ]
      ),
      seed: seed
    )
  }

  /// The zeros of a parameter.
  static func zeros(_ model: Model, _ key: String) -> Int {
    model.parameters[key]?.decoded().scalars.count { $0 == 0 } ?? -1
  }
}
