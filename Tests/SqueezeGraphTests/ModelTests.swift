import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

/// A convolution, a ReLU and a fully connected layer that the graph tests share.
func smallModel() -> Model {
  var random = SeededGenerator(seed: 5)
  return Model(
    name: "small",
    inputs: [ModelInput("x", [.named("batch"), .fixed(2), .fixed(4), .fixed(4)])],
    outputs: ["scores"],
    nodes: [
      Node("conv", Convolution(outputChannels: 3, window: SlidingWindow(1)), inputs: ["x"]),
      Node("relu", ReLU(), inputs: ["conv"]),
      Node("fc", FullyConnected(outputFeatures: 5), inputs: ["relu"], outputs: ["scores"]),
    ],
    parameters: [
      "conv.weight": Dense(random.tensor(TensorSpec([3, 2, 1, 1]))),
      "conv.bias": Dense(random.tensor(TensorSpec([3]))),
      "fc.weight": Dense(random.tensor(TensorSpec([5, 4]))),
      "fc.bias": Dense(random.tensor(TensorSpec([5]))),
    ]
  )
}

@Suite struct ModelTests {
  @Test func infersEveryValueForAnyBatch() throws {
    let values = try smallModel().infer(["x": [7, 2, 4, 4]]).values
    #expect(values["conv"] == TensorSpec([7, 3, 4, 4]))
    #expect(values["scores"] == TensorSpec([7, 3, 4, 5]))
  }

  @Test func countsParametersMACsAndBytes() throws {
    let cost = try smallModel().cost()
    #expect(cost.parameters == 3 * 2 + 3 + 5 * 4 + 5)
    #expect(cost.macs == 3 * 16 * 2 + 12 * 5 * 4)
    #expect(cost.weightBytes == 4 * cost.parameters)
    #expect(cost.nodes[0].bytesRead == 4 * (32 + 9))
    #expect(cost.nodes[0].bytesWritten == 4 * 48)
    #expect(cost.peakActivationBytes == 4 * (48 + 60))  // relu and scores
    #expect(cost.nodes[0].arithmeticIntensity == 96.0 / (4 * (32 + 9 + 48)))
  }

  @Test func theReferenceRuntimeRunsNodesInOrder() throws {
    let model = smallModel()
    var random = SeededGenerator(seed: 1)
    let x = random.tensor(TensorSpec([1, 2, 4, 4]))
    let y = try ReferenceRuntime().run(model, inputs: ["x": x])
    #expect(Set(y.keys) == ["scores"])
    // By hand: position (c, h, w) of the convolution and the first score of row (0, 0).
    let (w, b) = (try dense(model, "conv.weight"), try dense(model, "conv.bias"))
    let row = (0..<4).map { column in
      max(0, b[0] + x.scalars[column] * w[0] + x.scalars[16 + column] * w[1])
    }
    let (fw, fb) = (try dense(model, "fc.weight"), try dense(model, "fc.bias"))
    let expected = fb[0] + zip(row, fw[0..<4]).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(abs((y["scores"]?.scalars[0] ?? .nan) - expected) < 1e-5)
  }

  @Test("a graph that does not hold together is refused by name", arguments: 0..<7)
  func refusesBrokenGraphs(_ flaw: Int) {
    var model = smallModel()
    let expected: ModelError
    switch flaw {
    case 0:
      model.nodes[1].inputs = ["nothing"]
      expected = .unknownValue("nothing", node: "relu")
    case 1:
      model.nodes[1].name = "conv"
      expected = .duplicateName("conv")
    case 2:
      model.outputs = ["nowhere"]
      expected = .unknownOutput("nowhere")
    case 3:
      model.parameters["fc.bias"] = nil
      expected = .missingParameter("fc.bias")
    case 4:
      model.parameters["fc.bias"] = Dense(Tensor(zeros: [4]))
      expected = .parameter("fc.bias", expected: "float32 [5]", actual: "float32 [4]")
    case 5:
      model.nodes[0].outputs = ["conv", "twice"]
      expected = .outputCount(node: "conv", expected: 1, actual: 2)
    default:
      model.nodes[1].inputs = ["conv", "conv"]
      expected = .shape(ShapeError("ReLU", node: "relu", expected: "1 inputs", actual: "2"))
    }
    #expect(throws: expected) { try model.infer() }
  }

  @Test func refusesInputsThatDoNotFit() throws {
    let model = smallModel()
    let runtime = ReferenceRuntime()
    #expect(throws: ModelError.missingInput("x")) { try runtime.run(model, inputs: [:]) }
    #expect(
      throws: ModelError.input(
        "x",
        expected: "x float32 [batch, 2, 4, 4]",
        actual: "float32 [1, 3, 4, 4]"
      )
    ) { try runtime.run(model, inputs: ["x": Tensor(zeros: [1, 3, 4, 4])]) }
    #expect(throws: ModelError.unknownInput("z", known: ["x"])) {
      try runtime.run(model, inputs: ["x": Tensor(zeros: [1, 2, 4, 4]), "z": Tensor([], [0])])
    }
  }

  private func dense(_ model: Model, _ key: String) throws -> [Float] {
    try #require(model.parameters[key]).decoded().scalars
  }
}
