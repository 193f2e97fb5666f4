import SqueezeFormats
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import SqueezeTestSupport
import Testing

/// A small network with two convolutions, one of them pruned and quantized, and a classifier.
func smallModel() -> Model {
  var random = SeededGenerator(seed: 7)
  let window = SlidingWindow(3, padding: 1)
  var model = Model(
    name: "small",
    inputs: [ModelInput("data", [.named("N"), .fixed(2), .fixed(6), .fixed(5)])],
    outputs: ["scores"],
    nodes: [
      Node("conv1", Convolution(outputChannels: 4, window: window), inputs: ["data"]),
      Node("relu1", ReLU(), inputs: ["conv1"]),
      Node("conv2", Convolution(outputChannels: 3, window: window), inputs: ["relu1"]),
      Node("flat", Reshape([0, -1]), inputs: ["conv2"]),
      Node("fc", FullyConnected(outputFeatures: 5), inputs: ["flat"], outputs: ["scores"]),
    ],
    preprocessing: .unit,
    labels: ["a", "b", "c\u{e9}", "d", "e"],
    metadata: ["source": "a test", "licence": "none"]
  )
  model.parameters["conv1.weight"] = Dense(random.tensor(TensorSpec([4, 2, 3, 3])))
  model.parameters["conv1.bias"] = Dense(random.tensor(TensorSpec([4])))
  model.parameters["conv2.weight"] = MaskedCodebook(
    shape: [3, 4, 3, 3],
    indices: (0..<108).map { _ in UInt16.random(in: 0...6, using: &random) },
    centroids: [-0.5, 0.25, 0.125, -0.75, 1, 2]
  )
  model.parameters["conv2.bias"] = Half(random.tensor(TensorSpec([3])))
  model.parameters["fc.weight"] = UniformInteger(
    shape: [5, 90],
    integers: (0..<450).map { _ in Int32.random(in: -128...127, using: &random) },
    scales: [0.5, 0.25, 0.125, 0.1, 0.3],
    zeroPoints: [0, 3, 0, -7, 0],
    axis: 0
  )
  model.parameters["fc.bias"] = Dense(random.tensor(TensorSpec([5])))
  return model
}

/// A network of one constant in some encoding.
func model(of encoding: any ParameterEncoding) -> Model {
  let spec = TensorSpec(encoding.shape, encoding.type)
  return Model(
    name: "one",
    inputs: [],
    outputs: ["value"],
    nodes: [Node("value", Constant(spec), inputs: [])],
    parameters: ["value.value": encoding]
  )
}

/// One of every encoding, with awkward shapes.
func everyEncoding() -> [any ParameterEncoding] {
  var random = SeededGenerator(seed: 3)
  func tensor(_ shape: Shape) -> Tensor { random.tensor(TensorSpec(shape)) }
  func indices(_ count: Int, below limit: Int) -> [UInt16] {
    (0..<count).map { _ in UInt16.random(in: 0..<UInt16(limit), using: &random) }
  }
  return [
    Dense(tensor([2, 3, 5, 7])), Dense(Tensor([], [.nan])), Dense(Tensor([0, 3], [])),
    Dense(Tensor([3], [-0.0, .infinity, .leastNonzeroMagnitude])),
    Half(tensor([4, 9])), Half(tensor([3]), format: .bfloat16),
    Binary(tensor([3, 2, 3])),
    Masked(tensor([5, 8]), mask: (0..<40).map { $0 % 3 == 0 }),
    Codebook(shape: [6, 4], indices: indices(24, below: 3), centroids: [0.5, -2, 0]),
    Codebook(shape: [1], indices: [0], centroids: [1]),
    MaskedCodebook(
      shape: [4, 3, 3, 3],
      indices: indices(108, below: 18),
      centroids: (0..<17).map { Float($0 * 5 % 17) - 7.5 }
    ),
    MaskedCodebook(shape: [2, 2], indices: [0, 0, 0, 0], centroids: []),
    UniformInteger(
      shape: [7, 3],
      integers: (0..<21).map { $0 * 3 - 30 },
      scales: [0.25],
      zeroPoints: [3]
    ),
    UniformInteger(
      shape: [2, 4],
      integers: [0, 15, 3, 4, 9, 1, 8, 7],
      scales: [0.1, 0.2, 0.3, 0.4],
      zeroPoints: [8, 0, 1, 2],
      bits: 4,
      isSigned: false,
      axis: 1
    ),
    UniformInteger(
      shape: [3],
      integers: [1 << 30, -(1 << 30), 5],
      scales: [1e-6],
      zeroPoints: [0],
      bits: 32
    ),
    IntegerConstant(Tensor([4], integers: [0, -1, .max, .min])),
    IntegerConstant(Tensor([2, 2], integers: [0, 255, 7, 1], type: .uint8)),
  ]
}

/// The error that an expression throws, as text.
func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch {
    return "\(error)"
  }
}
