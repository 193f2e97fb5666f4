import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

import SqueezeDesign

/// A model of some nodes from `x` to the last one, with seeded random parameters.
func seededModel(
  _ input: Shape,
  _ nodes: [Node],
  outputs: [String]? = nil,
  seed: UInt64 = 4
) throws -> Model {
  var model = Model(
    inputs: [ModelInput("x", input)],
    outputs: outputs ?? [nodes.last?.outputs[0] ?? "x"],
    nodes: nodes
  )
  var random = SeededGenerator(seed: seed)
  var values = ["x": TensorSpec(input)]
  for node in nodes {
    let specs = node.inputs.compactMap { values[$0] }
    for parameter in try node.op.parameters(for: specs) {
      var tensor = random.tensor(parameter.spec)
      if parameter.name == "variance" { tensor.scalars = tensor.scalars.map { 0.5 + abs($0) } }
      if parameter.name == "weight" {
        let scale = 1 / Float(tensor.shape.count(from: 1)).squareRoot()
        tensor.scalars = tensor.scalars.map { $0 * scale }
      }
      model.parameters[Model.key(node.name, parameter.name)] = Dense(tensor)
    }
    for (name, spec) in zip(node.outputs, try node.op.checkedOutputs(for: specs)) {
      values[name] = spec
    }
  }
  return model
}

/// One convolution without bias over `[1, channels, 8, 8]`, of a size that keeps the map.
func oneConvolution(
  _ channels: Int,
  _ filters: Int,
  kernel: Int = 3,
  bias: Bool = false,
  size: Int = 8
) throws -> Model {
  let window = SlidingWindow(kernel, padding: kernel / 2)
  let op = Convolution(outputChannels: filters, window: window, hasBias: bias)
  return try seededModel([1, channels, size, size], [Node("conv", op, inputs: ["x"])])
}

/// What a model gives for seeded inputs.
func outputs(_ model: Model, seed: UInt64 = 9) throws -> [String: Tensor] {
  var random = SeededGenerator(seed: seed)
  var inputs: [String: Tensor] = [:]
  for input in model.inputs {
    inputs[input.name] = random.tensor(TensorSpec(input.shape(openSize: 2)))
  }
  return try ReferenceRuntime().run(model, inputs: inputs)
}

/// `‖a − b‖ / ‖b‖` over all outputs of two models.
func difference(_ a: Model, _ b: Model) throws -> Double {
  let (first, second) = (try outputs(a), try outputs(b))
  #expect(first.keys.sorted() == second.keys.sorted())
  var (error, total) = (0.0, 0.0)
  for (name, tensor) in second {
    let other = try #require(first[name])
    #expect(other.shape == tensor.shape)
    for (x, y) in zip(other.scalars, tensor.scalars) {
      error += Double(x - y) * Double(x - y)
      total += Double(y) * Double(y)
    }
  }
  return (error / max(total, 1e-30)).squareRoot()
}

/// Whether two models have the same graph, inputs, outputs and parameters, bit for bit.
func areIdentical(_ a: Model, _ b: Model) -> Bool {
  a.name == b.name && a.inputs == b.inputs && a.outputs == b.outputs && a.nodes == b.nodes
    && a.labels == b.labels && a.metadata == b.metadata && a.preprocessing == b.preprocessing
    && a.parameters.keys == b.parameters.keys
    && a.parameters.allSatisfy { key, value in b.parameters[key]?.isEqual(to: value) == true }
}

extension Model {
  /// The trained parameters of all nodes.
  func parameterCount() throws -> Int { try cost().parameters }

  /// The one node of an operator.
  func only<Op: Operator>(_ type: Op.Type) throws -> Op {
    let found = nodes.compactMap { $0.op as? Op }
    #expect(found.count == 1)
    return try #require(found.first)
  }
}

/// Small random networks: chains and branches of convolutions, normalizations, pools and a classifier.
struct RandomNetwork {
  private var random: SeededGenerator
  private var nodes: [Node] = []
  private var count = 0

  /// The network of a seed.
  static func model(seed: UInt64) throws -> Model {
    var network = RandomNetwork(random: SeededGenerator(seed: seed))
    let channels = network.choose([1, 3, 8])
    let size = network.choose([12, 16])
    let output = network.build(channels)
    return try seededModel([1, channels, size, size], network.nodes, outputs: [output], seed: seed)
  }

  private init(random: SeededGenerator) { self.random = random }

  private mutating func choose<T>(_ values: [T]) -> T {
    values[Int.random(in: 0..<values.count, using: &random)]
  }

  private mutating func add(_ op: any Operator, _ inputs: [String]) -> String {
    count += 1
    let name = "\(type(of: op).name.lowercased())\(count)"
    nodes.append(Node(name, op, inputs: inputs))
    return name
  }

  private mutating func layer(_ filters: Int, kernel: Int, _ input: String) -> String {
    let isNormalized = choose([true, false])
    var value = add(
      Convolution(
        outputChannels: filters,
        window: SlidingWindow(kernel, padding: kernel / 2),
        hasBias: !isNormalized
      ),
      [input]
    )
    if isNormalized { value = add(BatchNormalization(), [value]) }
    return add(ReLU(), [value])
  }

  private mutating func build(_ channels: Int) -> String {
    var value = layer(choose([8, 12, 16]), kernel: choose([3, 5]), "x")
    for stage in 0..<choose([2, 3]) {
      let filters = choose([8, 16, 24])
      value = layer(filters, kernel: choose([1, 3, 3, 5]), value)
      switch choose([0, 1, 2]) {
      case 0:
        let inner = layer(filters, kernel: 3, value)
        value = add(Add(), [inner, value])
      case 1:
        let (a, b) = (layer(8, kernel: 1, value), layer(16, kernel: 3, value))
        value = add(Concatenate(axis: 1), [a, b])
      default: value = layer(16, kernel: 3, value)
      }
      if stage < 2 { value = add(MaxPool(window: SlidingWindow(2, stride: 2)), [value]) }
    }
    value = layer(16, kernel: 3, value)
    if choose([true, false]) { value = add(GlobalAveragePool(), [value]) }
    value = add(Flatten(), [value])
    if choose([true, false]) {
      value = add(FullyConnected(outputFeatures: 32), [value])
      value = add(ReLU(), [value])
      value = add(Dropout(ratio: 0.5), [value])
    }
    value = add(FullyConnected(outputFeatures: 10), [value])
    return add(Softmax(axis: 1), [value])
  }
}
