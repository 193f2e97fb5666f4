import SqueezeGraph
import SqueezeModels
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import SqueezeTestSupport

/// Small networks that use every way in which layers of a training plan meet.
struct TrainingNetwork: Sendable {
  let name: String
  let input: Tensor
  private let nodes: [Node]
  private let outputs: [String]

  init(_ name: String, _ shape: Shape, _ nodes: [Node], outputs: [String]? = nil) {
    self.name = name
    var random = SeededGenerator(seed: 7)
    input = random.tensor(TensorSpec(shape))
    self.nodes = nodes
    self.outputs = outputs ?? [nodes[nodes.count - 1].outputs[0]]
  }

  func model() throws -> Model {
    try Model(
      name: name,
      inputs: [ModelInput("x", input.shape)],
      outputs: outputs,
      nodes: nodes
    ).withRandomParameters(seed: 5)
  }

  /// A problem behind a trained layer, so that the gradient of its input counts; `nil` where it takes
  /// several inputs or none of real numbers.
  static func around(_ problem: Problem) throws -> Model? {
    guard problem.inputs.count == 1, problem.inputs[0].type == .float32,
      problem.inputs[0].count > 0, problem.inputs[0].shape.rank >= 2
    else { return nil }
    let shape = problem.inputs[0].shape
    var model = try problem.model()
    var random = SeededGenerator(seed: problem.seed + 17)
    let isMaps = shape.rank == 3 || shape.rank == 4
    let size = isMaps ? shape[1] : shape[shape.rank - 1]
    let lead: any Operator =
      isMaps
      ? Convolution(
        outputChannels: size,
        window: SlidingWindow(kernelSize: [Int](repeating: 1, count: shape.rank - 2))
      ) : FullyConnected(outputFeatures: size)
    model.nodes[0].inputs = ["lead"]
    model.nodes.insert(Node("lead", lead, inputs: ["x0"]), at: 0)
    let weight: Shape =
      isMaps ? Shape([size, size] + shape.dimensions.dropFirst(2).map { _ in 1 }) : [size, size]
    model.parameters["lead.weight"] = Dense(random.tensor(TensorSpec(weight)))
    model.parameters["lead.bias"] = Dense(random.tensor(TensorSpec([size])))
    model.outputs = model.outputs.filter { name in
      let specs = try? problem.op.checkedOutputs(for: problem.inputs.map(\.spec))
      guard let index = model.nodes[1].outputs.firstIndex(of: name), let specs else { return false }
      return specs[index].type.isReal
    }
    return model.outputs.isEmpty ? nil : model
  }

  private static func convolution(
    _ channels: Int,
    _ size: Int = 3,
    stride: Int = 1,
    dilation: Int = 1,
    groups: Int = 1,
    bias: Bool = true
  ) -> Convolution {
    Convolution(
      outputChannels: channels,
      window: SlidingWindow(
        size,
        stride: stride,
        dilation: dilation,
        padding: dilation * (size / 2)
      ),
      groups: groups,
      hasBias: bias
    )
  }

  /// A grid that clips some of what lies near ±1.
  private static let grid = QuantizationGrid(scale: 0.011, zeroPoint: 40)

  static let all: [TrainingNetwork] = [
    TrainingNetwork(
      "quantized",
      [2, 3, 9, 11],
      [
        Node("x1", QuantizeLinear(grid), inputs: ["x"]),
        Node("x2", DequantizeLinear(grid), inputs: ["x1"]),
        Node("a", convolution(20), inputs: ["x2"]), Node("b", ReLU(), inputs: ["a"]),
        Node("b1", QuantizeLinear(grid), inputs: ["b"]),
        Node("b2", DequantizeLinear(grid), inputs: ["b1"]),
        Node("c", convolution(16, 1), inputs: ["b2"]),
        Node("c1", QuantizeLinear(grid), inputs: ["c"]),
        Node("c2", DequantizeLinear(grid), inputs: ["c1"]),
        Node("d", convolution(16), inputs: ["b2"]),
        Node("d1", QuantizeLinear(grid), inputs: ["d"]),
        Node("d2", Transpose([0, 1, 3, 2]), inputs: ["d1"]),
        Node("d3", Transpose([0, 1, 3, 2]), inputs: ["d2"]),
        Node("d4", DequantizeLinear(grid), inputs: ["d3"]),
        Node("e", Concatenate(axis: 1), inputs: ["c2", "d4"]),
        Node("f", GlobalAveragePool(), inputs: ["e"]), Node("g", Flatten(), inputs: ["f"]),
        Node("g1", QuantizeLinear(grid), inputs: ["g"]),
        Node("g2", DequantizeLinear(grid), inputs: ["g1"]),
        Node("h", FullyConnected(outputFeatures: 6), inputs: ["g2"]),
      ]
    ),
    TrainingNetwork(
      "classifier",
      [4, 1, 12, 12],
      [
        Node("a", convolution(20, 5), inputs: ["x"]),
        Node("b", MaxPool(window: SlidingWindow(2, stride: 2)), inputs: ["a"]),
        Node("c", convolution(50, 3), inputs: ["b"]), Node("d", ReLU(), inputs: ["c"]),
        Node("e", Flatten(), inputs: ["d"]),
        Node("f", FullyConnected(outputFeatures: 37), inputs: ["e"]),
        Node("g", ReLU(), inputs: ["f"]), Node("h", Dropout(ratio: 0.4), inputs: ["g"]),
        Node("i", FullyConnected(outputFeatures: 10), inputs: ["h"]),
      ]
    ),
    TrainingNetwork(
      "residual",
      [3, 3, 16, 16],
      [
        Node("a", convolution(32, bias: false), inputs: ["x"]),
        Node("b", BatchNormalization(), inputs: ["a"]), Node("c", ReLU(), inputs: ["b"]),
        Node("d", convolution(32, bias: false), inputs: ["c"]),
        Node("e", BatchNormalization(), inputs: ["d"]), Node("f", Add(), inputs: ["e", "c"]),
        Node("g", ReLU(), inputs: ["f"]),
        Node("h", convolution(48, stride: 2), inputs: ["g"]),
        Node("i", convolution(48, 1, stride: 2), inputs: ["g"]),
        Node("j", Add(), inputs: ["h", "i"]), Node("k", GlobalAveragePool(), inputs: ["j"]),
        Node("l", Flatten(), inputs: ["k"]),
        Node("m", FullyConnected(outputFeatures: 7), inputs: ["l"]),
      ]
    ),
    TrainingNetwork(
      "fire and skips",
      [2, 4, 14, 18],
      [
        Node("a", convolution(16, 1), inputs: ["x"]), Node("b", ReLU(), inputs: ["a"]),
        Node("c", convolution(32, 1), inputs: ["b"]), Node("d", ReLU(), inputs: ["c"]),
        Node("e", convolution(32), inputs: ["b"]), Node("f", ReLU(), inputs: ["e"]),
        Node("g", Concatenate(axis: 1), inputs: ["d", "f"]),
        Node("h", MaxPool(window: SlidingWindow(3, stride: 2, rounding: .up)), inputs: ["g"]),
        Node("i", convolution(24), inputs: ["h"]),
        Node(
          "j",
          TransposedConvolution(outputChannels: 32, window: SlidingWindow(2, stride: 2)),
          inputs: ["i"]
        ),
        Node("k", Concatenate(axis: 1), inputs: ["g", "j"]),
        Node("l", convolution(5), inputs: ["k"]),
      ]
    ),
    TrainingNetwork(
      "depthwise",
      [2, 3, 15, 13],
      [
        Node("a", convolution(24, stride: 2, bias: false), inputs: ["x"]),
        Node("b", BatchNormalization(), inputs: ["a"]),
        Node("c", Clip(lower: 0, upper: 6), inputs: ["b"]),
        Node("d", convolution(24, groups: 24, bias: false), inputs: ["c"]),
        Node("e", BatchNormalization(), inputs: ["d"]),
        Node("f", Clip(lower: 0, upper: 6), inputs: ["e"]),
        Node("g", convolution(40, 1), inputs: ["f"]),
        Node("h", convolution(40, 5, stride: 2, groups: 40), inputs: ["g"]),
        Node("i", convolution(40, 3, dilation: 2, groups: 40), inputs: ["h"]),
        Node("j", AveragePool(window: SlidingWindow(2)), inputs: ["i"]),
        Node("k", convolution(64, groups: 2), inputs: ["j2"]),
      ].inserting(Node("j2", convolution(32, 1), inputs: ["j"]), before: "k")
    ),
    TrainingNetwork(
      "groups",
      [2, 3, 9, 11],
      [
        Node("a", convolution(48), inputs: ["x"]),
        // Groups of 8 channels, of 24 and 12, of 8 and 12 backwards, of 1 and 2.
        Node("b", convolution(48, groups: 6), inputs: ["a"]), Node("c", ReLU(), inputs: ["b"]),
        Node("d", convolution(24, stride: 2, groups: 2), inputs: ["c"]),
        Node(
          "e",
          TransposedConvolution(
            outputChannels: 36,
            window: SlidingWindow(2, stride: 2),
            groups: 3
          ),
          inputs: ["d"]
        ),
        Node("f", convolution(72, groups: 36), inputs: ["e"]),
        Node("g", convolution(4, 1), inputs: ["f"]),
      ]
    ),
    TrainingNetwork(
      "odd channels",
      [3, 5, 9, 11],
      [
        Node("a", convolution(10), inputs: ["x"]), Node("b", convolution(9), inputs: ["a"]),
        Node("c", Concatenate(axis: 1), inputs: ["a", "b"]),
        Node("d", BatchNormalization(), inputs: ["c"]), Node("e", ReLU(), inputs: ["d"]),
        Node("f", Split(axis: 1, parts: .sizes([7, 12])), inputs: ["e"], outputs: ["f1", "f2"]),
        Node("g", convolution(12), inputs: ["f1"]), Node("h", Add(), inputs: ["g", "f2"]),
        Node("i", ChannelShuffle(groups: 3), inputs: ["h"]),
        Node("j", Sigmoid(), inputs: ["i"]), Node("k", convolution(3, 1), inputs: ["j"]),
      ],
      outputs: ["k", "e"]
    ),
    TrainingNetwork(
      "signal",
      [5, 8, 40],
      [
        Node("a", Convolution(outputChannels: 16, window: line(7, stride: 2)), inputs: ["x"]),
        Node("b", BatchNormalization(), inputs: ["a"]), Node("c", ReLU(), inputs: ["b"]),
        Node("d", Convolution(outputChannels: 8, window: line(3)), inputs: ["c"]),
        Node("e", Concatenate(axis: 1), inputs: ["a", "d"]),
        Node("f", Convolution(outputChannels: 8, window: line(3)), inputs: ["e"]),
        Node("g", Concatenate(axis: 1), inputs: ["e", "f"]),
        Node(
          "h",
          AveragePool(window: SlidingWindow(kernelSize: [2], stride: [2])),
          inputs: ["g"]
        ),
        Node("i", GlobalAveragePool(), inputs: ["h"]), Node("j", Flatten(), inputs: ["i"]),
        Node("k", FullyConnected(outputFeatures: 1), inputs: ["j"]),
      ]
    ),
    TrainingNetwork(
      "large maps",
      [2, 16, 40, 36],
      [
        Node("a", convolution(32), inputs: ["x"]), Node("b", ReLU(), inputs: ["a"]),
        Node("c", convolution(17), inputs: ["b"]), Node("d", convolution(16, 1), inputs: ["c"]),
        Node("e", Add(), inputs: ["d", "d"]),
      ]
    ),
  ]

  private static func line(_ size: Int, stride: Int = 1) -> SlidingWindow {
    SlidingWindow(
      kernelSize: [size],
      stride: [stride],
      padding: .explicit(begin: [size / 2], end: [size / 2])
    )
  }
}

extension [Node] {
  fileprivate func inserting(_ node: Node, before name: String) -> [Node] {
    flatMap { $0.name == name ? [node, $0] : [$0] }
  }
}
