import SqueezeCompress
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct ActivationQuantizationTests {
  /// Convolution, ReLU, pool, a branch that is added, mean, flatten, fully connected, softmax.
  private static func network() throws -> Model {
    var model = Model(
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
    var random = SeededGenerator(seed: 9)
    var specs = ["x": TensorSpec([1, 3, 12, 12])]
    for node in model.nodes {
      let inputs = node.inputs.compactMap { specs[$0] }
      specs[node.outputs[0]] = try node.op.outputs(for: inputs)[0]
      for parameter in try node.op.parameters(for: inputs) {
        model.parameters[Model.key(node.name, parameter.name)] = Dense(
          random.tensor(parameter.spec)
        )
      }
    }
    return model
  }

  private static func samples(_ count: Int) -> [[String: Tensor]] {
    var random = SeededGenerator(seed: 2)
    return (0..<count).map { _ in ["x": random.tensor(TensorSpec([1, 3, 12, 12]))] }
  }

  private static func quantized(_ model: Model, samples count: Int = 3) throws -> Model {
    try ActivationQuantization().apply(to: model, calibratedOn: samples(count)) {
      try ReferenceRuntime().run($0, inputs: $1)
    }
  }

  @Test("pairs stand where integers can compute, and nowhere else")
  func pairs() throws {
    let model = try Self.quantized(Self.network())
    #expect(ActivationQuantization.isQuantized(model))
    #expect(!ActivationQuantization.isQuantized(try Self.network()))
    let quantized = Set(model.nodes.filter { $0.op is QuantizeLinear }.map(\.name))
    #expect(
      quantized
        == Set(["x", "ar", "p", "b", "sr", "m", "f", "scores"].map { "\($0)/quantized" })
    )
    #expect(model.outputs == ["scores", "prob"])
    _ = try model.infer([:])
  }

  @Test("the result stays near that of the floats")
  func result() throws {
    let model = try Self.network()
    let quantized = try Self.quantized(model)
    for sample in Self.samples(3) {
      let expected = try ReferenceRuntime().run(model, inputs: sample)["scores"]?.scalars ?? []
      let actual = try ReferenceRuntime().run(quantized, inputs: sample)["scores"]?.scalars ?? []
      let largest = expected.map { abs($0) }.max() ?? 0
      // Eight layers, each within half a step of 255 of its range.
      for (a, b) in zip(actual, expected) { #expect(abs(a - b) <= 0.04 * largest) }
      #expect(actual.count == 5)
    }
  }

  @Test("grids cover the range and have 0 as a point")
  func grids() throws {
    let model = try Self.quantized(Self.network())
    for node in model.nodes {
      guard let grid = (node.op as? QuantizeLinear)?.grid else { continue }
      #expect(grid.type == .uint8 && grid.axis == nil)
      #expect(grid.dequantize(grid.quantize(0)) == 0)
    }
    let input = model.nodes.first { $0.name == "x/quantized" }?.op as? QuantizeLinear
    let range = Self.samples(3).flatMap { $0["x"]?.scalars ?? [] }
    let width = (range.max() ?? 0) - (range.min() ?? 0)
    #expect(abs((input?.grid.scales[0] ?? 0) - width / 255) < 1e-7)
  }

  @Test("a pool and what only changes shape keep the grid")
  func sharedGrids() throws {
    let model = try Self.quantized(Self.network())
    func grid(_ name: String) -> QuantizationGrid? {
      (model.nodes.first { $0.name == "\(name)/quantized" }?.op as? QuantizeLinear)?.grid
    }
    #expect(grid("ar") == grid("p"))
    #expect(grid("m") == grid("f"))
  }

  @Test("weights are symmetric bytes per output channel")
  func weights() throws {
    let floats = try Self.network()
    let model = try Self.quantized(floats)
    for name in ["a.weight", "b.weight", "scores.weight"] {
      guard let encoding = model.parameters[name] as? UniformInteger,
        let original = floats.parameters[name]?.decoded()
      else {
        Issue.record("\(name) is no integer encoding")
        continue
      }
      #expect(encoding.axis == 0 && encoding.bits == 8 && encoding.isSigned)
      #expect(encoding.zeroPoints.allSatisfy { $0 == 0 })
      let perChannel = original.shape.count(from: 1)
      for (i, value) in encoding.decoded().scalars.enumerated() {
        #expect(abs(value - original.scalars[i]) <= 0.5001 * encoding.scales[i / perChannel])
      }
    }
  }

  @Test("what cannot be calibrated is refused")
  func errors() throws {
    let model = try Self.network()
    #expect(throws: CalibrationError.self) { try Self.quantized(model, samples: 0) }
    var broken = Self.samples(1)
    broken[0]["x"]?.scalars[7] = .nan
    #expect(throws: CalibrationError.self) {
      try ActivationQuantization().apply(to: model, calibratedOn: broken) {
        try ReferenceRuntime().run($0, inputs: $1)
      }
    }
  }

  @Test("an activation that never moves gets a grid")
  func constantZero() throws {
    var model = try Self.network()
    for key in model.parameters.keys {
      guard let shape = model.parameters[key]?.shape else { continue }
      model.parameters[key] = Dense(Tensor(zeros: shape))
    }
    let quantized = try Self.quantized(model)
    let outputs = try ReferenceRuntime().run(quantized, inputs: Self.samples(1)[0])
    #expect(outputs["scores"]?.scalars == [0, 0, 0, 0, 0])
  }
}
