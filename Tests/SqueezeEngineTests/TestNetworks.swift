import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor

/// Small networks with random weights.
enum TestNetworks {
  static func input(_ shape: Shape, seed: UInt64 = 11) -> Tensor {
    var random = SeededGenerator(seed: seed)
    return random.tensor(TensorSpec(shape))
  }

  /// A first layer with 7×7 kernels, two Fire modules, pools, and a classifier, as in SqueezeNet.
  static func fire() throws -> Model {
    let pool = MaxPool(window: SlidingWindow(3, stride: 2, rounding: .up))
    var nodes: [Node] = []
    func convolve(_ name: String, _ channels: Int, _ window: SlidingWindow, _ input: String) {
      nodes.append(
        Node(name, Convolution(outputChannels: channels, window: window), inputs: [input])
      )
      nodes.append(Node("\(name)/relu", ReLU(), inputs: [name]))
    }
    func fire(_ name: String, _ squeeze: Int, _ expand: Int, _ input: String) {
      convolve("\(name)/s", squeeze, SlidingWindow(1), input)
      convolve("\(name)/e1", expand, SlidingWindow(1), "\(name)/s/relu")
      convolve("\(name)/e3", expand, SlidingWindow(3, padding: 1), "\(name)/s/relu")
      nodes.append(
        Node(name, Concatenate(axis: 1), inputs: ["\(name)/e1/relu", "\(name)/e3/relu"])
      )
    }
    convolve("conv1", 40, SlidingWindow(7, stride: 2), "data")
    nodes.append(Node("pool1", pool, inputs: ["conv1/relu"]))
    fire("fire2", 16, 48, "pool1")
    fire("fire3", 20, 64, "fire2")
    nodes.append(Node("pool3", pool, inputs: ["fire3"]))
    nodes.append(Node("drop", Dropout(ratio: 0.5), inputs: ["pool3"]))
    convolve("conv10", 37, SlidingWindow(1), "drop")
    nodes.append(Node("mean", GlobalAveragePool(), inputs: ["conv10/relu"]))
    nodes.append(Node("flat", Flatten(), inputs: ["mean"]))
    nodes.append(Node("prob", Softmax(axis: 1), inputs: ["flat"]))
    let dimensions: [Dimension] = [.named("N"), .fixed(3), .named("H"), .named("W")]
    return try weighted(
      Model(inputs: [ModelInput("data", dimensions)], outputs: ["prob"], nodes: nodes),
      shapes: ["data": [1, 3, 63, 63]]
    )
  }

  /// Concatenations of concatenations whose parts are used by others, as in DenseNet.
  static func dense() throws -> Model {
    let window = SlidingWindow(3, padding: 1)
    let nodes = [
      Node("a", Convolution(outputChannels: 32, window: SlidingWindow(1)), inputs: ["x"]),
      Node("b", Convolution(outputChannels: 16, window: window), inputs: ["a"]),
      Node("ab", Concatenate(axis: 1), inputs: ["a", "b"]),
      Node("c", Convolution(outputChannels: 24, window: window), inputs: ["ab"]),
      Node("abc", Concatenate(axis: 1), inputs: ["ab", "c"]),
      Node("twice", Concatenate(axis: 1), inputs: ["b", "b", "a"]),
      Node("odd", Concatenate(axis: 1), inputs: ["c", "b"]),
      Node("end", Convolution(outputChannels: 5, window: window), inputs: ["abc"]),
    ]
    return try weighted(
      Model(
        inputs: [ModelInput("x", [.named("N"), .fixed(16), .named("H"), .named("W")])],
        outputs: ["end", "twice", "odd"],
        nodes: nodes
      ),
      shapes: ["x": [2, 16, 9, 11]]
    )
  }

  /// Depthwise, pointwise and 3×3 convolutions with batch normalization, a residual addition, and fully
  /// connected layers whose widths leave tails.
  static func classifier() throws -> Model {
    let window = SlidingWindow(3, padding: 1)
    let nodes = [
      Node(
        "depthwise",
        Convolution(outputChannels: 24, window: window, groups: 24, hasBias: false),
        inputs: ["x"]
      ),
      Node("norm", BatchNormalization(), inputs: ["depthwise"]),
      Node("swish", HardSwish(), inputs: ["norm"]),
      Node("point", Convolution(outputChannels: 40, window: SlidingWindow(1)), inputs: ["swish"]),
      Node("wide", Convolution(outputChannels: 40, window: window), inputs: ["point"]),
      Node("sum", Add(), inputs: ["point", "wide"]),
      Node("relu", ReLU(), inputs: ["sum"]),
      Node("pool", MaxPool(window: SlidingWindow(2, stride: 2)), inputs: ["relu"]),
      Node("flat", Flatten(), inputs: ["pool"]),
      Node("hidden", FullyConnected(outputFeatures: 71), inputs: ["flat"]),
      Node("hiddenReLU", ReLU(), inputs: ["hidden"]),
      Node("scores", FullyConnected(outputFeatures: 35, hasBias: false), inputs: ["hiddenReLU"]),
      Node("y", Softmax(axis: 1), inputs: ["scores"]),
    ]
    return try weighted(
      Model(
        inputs: [ModelInput("x", [.named("N"), .fixed(24), .fixed(9), .fixed(9)])],
        outputs: ["y"],
        nodes: nodes
      )
    )
  }

  /// Operators one after the other.
  static func chain(_ operators: [(String, any Operator)], input: Shape) throws -> Model {
    var nodes: [Node] = []
    for (name, op) in operators {
      nodes.append(Node(name, op, inputs: [nodes.last?.name ?? "x"]))
    }
    return try weighted(
      Model(
        inputs: [ModelInput("x", input)],
        outputs: [nodes.last?.name ?? "x"],
        nodes: nodes
      )
    )
  }

  /// The model with random parameters scaled so that activations keep their size.
  static func weighted(_ model: Model, shapes: [String: Shape] = [:]) throws -> Model {
    var model = model
    var random = SeededGenerator(seed: 5)
    var specs: [String: TensorSpec] = [:]
    for input in model.inputs {
      specs[input.name] = TensorSpec(shapes[input.name] ?? input.shape())
    }
    for node in model.nodes {
      let inputs = node.inputs.compactMap { specs[$0] }
      for parameter in try node.op.parameters(for: inputs) {
        let shape = parameter.spec.shape
        let fanIn = shape.rank > 1 ? shape.count(from: 1) : 16
        let bound = (3 / Float(fanIn)).squareRoot()
        let isVariance = parameter.name == "variance"
        let scalars = (0..<shape.count).map { _ in
          isVariance ? random.uniform(0.5, 1.5) : random.uniform(-bound, bound)
        }
        model.parameters[Model.key(node.name, parameter.name)] = Dense(Tensor(shape, scalars))
      }
      for (name, spec) in zip(node.outputs, try node.op.outputs(for: inputs)) {
        specs[name] = spec
      }
    }
    return model
  }
}
