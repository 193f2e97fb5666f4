import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// Builds a network from the layers that a config lists.
struct LayerNetwork {
  let config: ExperimentConfig
  private var nodes: [Node] = []
  private var specs: [String: TensorSpec] = [:]
  private var previous = Self.input

  /// The name of the network's input, which layers may name.
  static let input = "data"

  init(_ config: ExperimentConfig) { self.config = config }

  /// The model, its parameters left out.
  ///
  /// - Throws: ``ConfigError`` that names the line of a layer which does not fit.
  mutating func model(_ layers: [Settings], input shape: Shape) throws(ConfigError) -> Model {
    specs[Self.input] = TensorSpec(Shape([1] + shape.dimensions))
    for layer in layers { try add(layer, rank: shape.rank - 1) }
    return Model(
      name: config.name,
      inputs: [ModelInput(Self.input, [.named("N")] + shape.dimensions.map { .fixed($0) })],
      outputs: [previous],
      nodes: nodes
    )
  }

  private mutating func add(_ layer: Settings, rank: Int) throws(ConfigError) {
    let kind = layer.variant ?? ""
    let name = layer.text("name") ?? "\(kind)\(nodes.count + 1)"
    guard specs[name] == nil else {
      throw config.error(
        layer,
        key: "name",
        expected: "a name of its own",
        actual: "\"\(name)\" again"
      )
    }
    let inputs = layer.has("inputs") ? layer.texts("inputs") : [previous]
    for input in inputs where specs[input] == nil {
      let known = specs.keys.sorted()
      throw config.error(
        layer,
        key: "inputs",
        expected: "\(Self.input) or a layer above",
        actual: Spelling.suggestion(for: input, among: known)
      )
    }
    let op = Self.op(kind, layer, rank)
    do throws(ShapeError) {
      let outputs = try op.checkedOutputs(for: inputs.compactMap { specs[$0] })
      specs[name] = outputs.first
    } catch {
      throw config.error(
        layer,
        key: "kind",
        expected: "layer \"\(name)\" to take \(error.expected)",
        actual: error.actual
      )
    }
    nodes.append(Node(name, op, inputs: inputs))
    previous = name
  }

  private static func op(_ kind: String, _ layer: Settings, _ rank: Int) -> any Operator {
    switch kind {
    case "conv":
      Convolution(
        outputChannels: layer.integer("channels") ?? 1,
        window: window(layer, rank),
        groups: layer.integer("groups") ?? 1,
        hasBias: layer.boolean("bias")
      )
    case "up_conv":
      TransposedConvolution(
        outputChannels: layer.integer("channels") ?? 1,
        window: window(layer, rank),
        hasBias: layer.boolean("bias")
      )
    case "bn": BatchNormalization(epsilon: Float(layer.number("epsilon") ?? 1e-5))
    case "relu": ReLU()
    case "sigmoid": Sigmoid()
    case "softmax": Softmax(axis: 1)
    case "maxpool": MaxPool(window: window(layer, rank))
    case "avgpool": AveragePool(window: window(layer, rank))
    case "global_pool": GlobalAveragePool()
    case "flatten": Flatten()
    case "fc":
      FullyConnected(
        outputFeatures: layer.integer("features") ?? 1,
        hasBias: layer.boolean("bias")
      )
    case "dropout": Dropout(ratio: Float(layer.number("ratio") ?? 0.5))
    case "concat": Concatenate(axis: 1)
    case "add": Add()
    default: preconditionFailure("layer \(kind) is in the schema but cannot be built")
    }
  }

  private static func window(_ layer: Settings, _ rank: Int) -> SlidingWindow {
    func sizes(_ key: String, _ standard: Int) -> [Int] {
      let sizes = layer.integers(key) ?? [standard]
      return sizes.count == 1 ? Array(repeating: sizes[0], count: rank) : sizes
    }
    let padding = sizes("padding", 0)
    return SlidingWindow(
      kernelSize: sizes("kernel", 1),
      stride: sizes("stride", 1),
      dilation: sizes("dilation", 1),
      padding: .explicit(begin: padding, end: padding)
    )
  }
}
