import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// A small smooth network with every kind of joint: a value used twice, branches that meet in a sum
/// and in a concatenation, statistics, dropout and a constant.
func twoBranches() throws -> Model {
  let window = SlidingWindow(3, padding: 1)
  var model = Model(
    name: "two branches",
    inputs: [ModelInput("x", [.named("batch"), .fixed(2), .fixed(5), .fixed(4)])],
    outputs: ["scores", "means"],
    nodes: [
      Node("stem", Convolution(outputChannels: 4, window: window, hasBias: false), inputs: ["x"]),
      Node("norm", BatchNormalization(), inputs: ["stem"]),
      Node("act", Softplus(), inputs: ["norm"]),
      Node(
        "left",
        Convolution(outputChannels: 4, window: window, groups: 2),
        inputs: ["act"]
      ),
      Node("right", Tanh(), inputs: ["act"]),
      Node("sum", Add(), inputs: ["left", "right"]),
      Node("offset", Constant(TensorSpec([4, 1, 1])), inputs: []),
      Node("shifted", Multiply(), inputs: ["sum", "offset"]),
      Node("both", Concatenate(axis: 1), inputs: ["shifted", "act", "left"]),
      Node("dropped", Dropout(ratio: 0.25), inputs: ["both"]),
      Node("means", GlobalAveragePool(), inputs: ["dropped"]),
      Node("flat", Flatten(), inputs: ["means"]),
      Node("scores", FullyConnected(outputFeatures: 3), inputs: ["flat"]),
    ]
  )
  let values = try unchecked(model)
  var random = SeededGenerator(seed: 11)
  for node in model.nodes {
    let specs = node.inputs.compactMap { values[$0] }
    for parameter in try node.op.parameters(for: specs) {
      var tensor = random.tensor(parameter.spec)
      if parameter.name == "variance" { tensor.scalars = tensor.scalars.map { 0.5 + abs($0) } }
      model.parameters[Model.key(node.name, parameter.name)] = Dense(tensor)
    }
  }
  return model
}

/// The specs of all values of a model that has no parameters yet.
private func unchecked(_ model: Model) throws -> [String: TensorSpec] {
  var values: [String: TensorSpec] = [:]
  for input in model.inputs { values[input.name] = TensorSpec(input.shape()) }
  for node in model.nodes {
    let outputs = try node.op.checkedOutputs(for: node.inputs.compactMap { values[$0] })
    for (name, spec) in zip(node.outputs, outputs) { values[name] = spec }
  }
  return values
}
