import SqueezeCompress
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct ActivationQuantizationTests {
  private static func samples(_ count: Int) throws -> [[String: Tensor]] {
    SqueezeCompressTests.samples(count, for: try smallNetwork())
  }

  private static func quantized(
    _ model: Model,
    samples count: Int = 3,
    _ method: ActivationQuantization = ActivationQuantization()
  ) throws -> Model {
    try method.apply(to: model, calibratedOn: samples(count), using: reference)
  }

  @Test("pairs stand where integers can compute, and nowhere else")
  func pairs() throws {
    let model = try Self.quantized(smallNetwork())
    #expect(ActivationQuantization.isQuantized(model))
    #expect(!ActivationQuantization.isQuantized(try smallNetwork()))
    let quantized = Set(model.nodes.filter { $0.op is QuantizeLinear }.map(\.name))
    #expect(
      quantized
        == Set(["x", "ar", "p", "b", "sr", "m", "f", "scores"].map { "\($0)/quantized" })
    )
    #expect(model.outputs == ["scores", "prob"])
    _ = try model.infer([:])
  }

  @Test("means right before the scores stay real")
  func scores() throws {
    let floats = try initialized(
      Model(
        inputs: [ModelInput("x", [1, 3, 12, 12])],
        outputs: ["prob"],
        nodes: [
          Node("a", Convolution(outputChannels: 8, window: SlidingWindow(3)), inputs: ["x"]),
          Node("ar", ReLU(), inputs: ["a"]), Node("m", GlobalAveragePool(), inputs: ["ar"]),
          Node("f", Flatten(), inputs: ["m"]), Node("prob", Softmax(axis: 1), inputs: ["f"]),
        ]
      )
    )
    let model = try Self.quantized(floats)
    #expect(
      model.nodes.filter { $0.op is QuantizeLinear }.map(\.name) == ["x/quantized", "ar/quantized"]
    )
  }

  @Test("the result stays near that of the floats", arguments: RangeRule.all, [false, true])
  func result(_ rule: RangeRule, _ correctsBias: Bool) throws {
    let model = try smallNetwork()
    let method = ActivationQuantization(
      rule: rule,
      weights: WeightQuantization(rule: rule),
      correctsBias: correctsBias
    )
    let quantized = try Self.quantized(model, method)
    for sample in try Self.samples(3) {
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
    let model = try Self.quantized(smallNetwork())
    for node in model.nodes {
      guard let grid = (node.op as? QuantizeLinear)?.grid else { continue }
      #expect(grid.type == .uint8 && grid.axis == nil)
      #expect(grid.dequantize(grid.quantize(0)) == 0)
    }
    let input = model.nodes.first { $0.name == "x/quantized" }?.op as? QuantizeLinear
    let range = try Self.samples(3).flatMap { $0["x"]?.scalars ?? [] }
    let width = (range.max() ?? 0) - (range.min() ?? 0)
    #expect(abs((input?.grid.scales[0] ?? 0) - width / 255) < 1e-7)
  }

  @Test("a pool and what only changes shape keep the grid")
  func sharedGrids() throws {
    let model = try Self.quantized(smallNetwork())
    func grid(_ name: String) -> QuantizationGrid? {
      (model.nodes.first { $0.name == "\(name)/quantized" }?.op as? QuantizeLinear)?.grid
    }
    #expect(grid("ar") == grid("p"))
    #expect(grid("m") == grid("f"))
  }

  @Test("weights are symmetric bytes per output channel")
  func weights() throws {
    let floats = try smallNetwork()
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

  @Test("weights that are integers already stay, latent ones become trainable")
  func encodings() throws {
    var floats = try smallNetwork()
    floats = try WeightQuantization(bits: 3, keys: ["b.weight"]).apply(to: floats)
    let model = try Self.quantized(floats)
    #expect((model.parameters["b.weight"] as? UniformInteger)?.bits == 3)
    let trainable = try Self.quantized(
      smallNetwork(),
      ActivationQuantization(weights: WeightQuantization(bits: 4, isTrainable: true))
    )
    for key in trainable.weightKeys {
      #expect((trainable.parameters[key] as? StraightThroughInteger)?.bits == 4)
    }
    #expect(ActivationQuantization.isQuantized(trainable))
  }

  @Test("a calibration sees the same whatever the order")
  func streams() throws {
    let model = try smallNetwork()
    let samples = try Self.samples(4)
    var (first, second) = (try ActivationCalibration(model), try ActivationCalibration(model))
    let observed = first.observed
    for sample in samples { try first.observe(sample) { try reference(observed, $0) } }
    for sample in samples.reversed() {
      try second.observe(sample) { try reference(observed, $0) }
    }
    #expect(first.histograms == second.histograms)
    #expect(first.histograms["x"]?.count == 4 * 3 * 12 * 12)
  }

  @Test("what cannot be calibrated is refused")
  func errors() throws {
    let model = try smallNetwork()
    #expect(throws: CalibrationError.self) { try Self.quantized(model, samples: 0) }
    var broken = try Self.samples(1)
    broken[0]["x"]?.scalars[7] = .nan
    #expect(throws: CalibrationError.self) {
      try ActivationQuantization().apply(to: model, calibratedOn: broken, using: reference)
    }
  }

  @Test("an activation that never moves gets a grid")
  func constantZero() throws {
    var model = try smallNetwork()
    for key in model.parameters.keys {
      guard let shape = model.parameters[key]?.shape else { continue }
      model.parameters[key] = Dense(Tensor(zeros: shape))
    }
    let quantized = try Self.quantized(model)
    let outputs = try ReferenceRuntime().run(quantized, inputs: try Self.samples(1)[0])
    #expect(outputs["scores"]?.scalars == [0, 0, 0, 0, 0])
  }
}
