import SqueezeEngine
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

/// Layers between grids, in whole numbers.
@Suite struct QuantizedTests {
  // MARK: Convolution

  static let convolutions: [QuantizedCase] = ConvolutionTests.all.enumerated().map { index, test in
    let output: QuantizationGrid = index % 3 == 1 ? QuantizedCase.signed : QuantizedCase.wide
    return QuantizedCase(
      test.op,
      [test.input],
      from: [index % 2 == 0 ? QuantizedCase.unsigned : QuantizedCase.signed],
      to: output,
      index % 4 == 0 ? ReLU() : nil
    )
  }

  @Test("convolutions are plain integer loops, bit by bit", arguments: convolutions)
  func convolutionIsExact(_ test: QuantizedCase) throws {
    guard let op = test.op as? Convolution else { return }
    let (model, inputs) = (try test.model(), test.tensors())
    guard let x = inputs["x0"] else { return }
    let expected = try integerConvolution(test, op, model, x)
    for set in InstructionSet.available {
      let compiled = try CompiledModel(model, instructionSet: set)
      let names = compiled.steps.map(\.kernel)
      #expect(
        names.contains("IntegerConvolution") || names.contains("IntegerDepthwise"),
        "\(names)"
      )
      #expect(try compiled.run(inputs)["y"]?.integers == expected, "\(set) \(test)")
    }
  }

  @Test("weights that train behind a grid run as its integers")
  func straightThroughWeights() throws {
    for test in [Self.convolutions[1], Self.convolutions[4], Self.others[0]] {
      let (model, inputs) = (try test.model(), test.tensors())
      var latent = model
      for (key, value) in model.parameters {
        guard let grid = value as? UniformInteger else { continue }
        latent.parameters[key] = StraightThroughInteger(
          grid.decoded(),
          scales: grid.scales,
          zeroPoints: grid.zeroPoints,
          bits: grid.bits,
          isSigned: grid.isSigned,
          axis: grid.axis
        )
      }
      #expect(latent.parameters.values.contains { $0 is StraightThroughInteger })
      let compiled = try CompiledModel(latent)
      #expect(compiled.steps.contains { $0.kernel.hasPrefix("Integer") }, "\(test)")
      #expect(try compiled.run(inputs) == CompiledModel(model).run(inputs), "\(test)")
    }
  }

  @Test("results do not depend on the number of threads")
  func threads() throws {
    let pools = [1, 2, 3].map { ThreadPool(threadCount: $0) }
    for test in Self.convolutions + Self.others {
      let (model, inputs) = (try test.model(), test.tensors())
      let results = try pools.map { try CompiledModel(model, pool: $0).run(inputs)["y"]?.integers }
      #expect(results[1] == results[0] && results[2] == results[0], "\(test)")
    }
  }

  // MARK: Other layers

  static let others: [QuantizedCase] = [
    QuantizedCase(FullyConnected(outputFeatures: 37), [[1, 50]]),
    QuantizedCase(FullyConnected(outputFeatures: 16), [[5, 64]], to: signed, ReLU()),
    QuantizedCase(
      FullyConnected(outputFeatures: 33, hasBias: false),
      [[3, 19]],
      from: [signed]
    ),
    QuantizedCase(
      MaxPool(window: SlidingWindow(3, stride: 2, padding: 1)),
      [[2, 19, 13, 11]],
      to: unsigned
    ),
    QuantizedCase(
      MaxPool(window: SlidingWindow(3, stride: 2, rounding: .up)),
      [[1, 32, 12, 28]],
      to: unsigned,
      ReLU()
    ),
    QuantizedCase(
      MaxPool(window: SlidingWindow(2, stride: 2)),
      [[1, 5, 7, 9]],
      from: [signed],
      to: signed
    ),
    QuantizedCase(
      AveragePool(window: SlidingWindow(3, stride: 2, padding: 1), countsPadding: false),
      [[2, 17, 9, 8]]
    ),
    QuantizedCase(
      AveragePool(window: SlidingWindow(3, padding: 1), countsPadding: true),
      [[1, 16, 5, 6]],
      to: signed
    ),
    QuantizedCase(GlobalAveragePool(), [[2, 35, 7, 7]], to: finer),
    QuantizedCase(Add(), [[2, 20, 5, 7], [2, 20, 5, 7]], from: [unsigned, signed]),
    QuantizedCase(Add(), [[1, 64, 9, 9], [1, 64, 9, 9]], to: signed, ReLU()),
    QuantizedCase(
      Concatenate(axis: 1),
      [[1, 16, 5, 7], [1, 20, 5, 7]],
      from: [unsigned, finer]
    ),
    QuantizedCase(
      Concatenate(axis: 1),
      [[2, 32, 3, 4], [2, 16, 3, 4]],
      from: [unsigned, unsigned],
      to: unsigned
    ),
    QuantizedCase(ReLU(), [[1, 20, 6, 5]], to: finer),
    QuantizedCase(Clip(lower: -0.4, upper: 0.5), [[2, 33]], to: finer),
    QuantizedCase(Flatten(), [[2, 20, 3, 5]], to: unsigned),
    QuantizedCase(Flatten(), [[2, 20, 1, 1]], from: [signed], to: signed),
  ]
  static let unsigned = QuantizedCase.unsigned
  static let signed = QuantizedCase.signed
  static let finer = QuantizationGrid(scale: 1 / 255, zeroPoint: 128)

  @Test("layers are within one step of the reference", arguments: convolutions + others)
  func agreesWithTheReference(_ test: QuantizedCase) throws {
    let (model, inputs) = (try test.model(), test.tensors())
    let expected = try ReferenceRuntime().run(model, inputs: inputs)["y"]
    var first: Tensor?
    for set in InstructionSet.available {
      let actual = try CompiledModel(model, instructionSet: set).run(inputs)["y"]
      #expect(actual?.spec == expected?.spec)
      let pairs = zip(actual?.integers ?? [], expected?.integers ?? [])
      let worst = pairs.map { abs($0 - $1) }.max() ?? .max
      #expect(worst <= 1, "\(set) \(test)")
      // Every instruction set gives the same bits.
      if let first { #expect(actual == first, "\(set) \(test)") }
      first = first ?? actual
    }
  }

  @Test("no layer between grids falls back to reals", arguments: others)
  func staysInIntegers(_ test: QuantizedCase) throws {
    let steps = try CompiledModel(try test.model()).steps
    #expect(!steps.contains { $0.kernel.hasPrefix("Reference") }, "\(steps)")
    #expect(!steps.contains { $0.operatorName == "DequantizeLinear" }, "\(steps)")
  }

  // MARK: Borders

  @Test("integers come and go as tensors too")
  func integerTensors() throws {
    let grid = QuantizedCase.signed
    var model = Model(
      inputs: [ModelInput("q", [1, 18, 4, 5], type: .int8)],
      outputs: ["y", "z"],
      nodes: [
        Node("d", DequantizeLinear(grid), inputs: ["q"]),
        Node(
          "op",
          Convolution(outputChannels: 17, window: SlidingWindow(3, padding: 1)),
          inputs: ["d"]
        ),
        Node("y", QuantizeLinear(QuantizedCase.wide), inputs: ["op"]),
        Node("dy", DequantizeLinear(QuantizedCase.wide), inputs: ["y"]),
        Node("z", Sigmoid(), inputs: ["dy"]),
      ]
    )
    try model.addIntegerWeights("op", model.nodes[1].op, [TensorSpec([1, 18, 4, 5])])
    var random = SeededGenerator(seed: 4)
    let inputs = ["q": random.tensor(TensorSpec([1, 18, 4, 5], .int8))]
    let expected = try ReferenceRuntime().run(model, inputs: inputs)
    for set in InstructionSet.available {
      let actual = try CompiledModel(model, instructionSet: set).run(inputs)
      let pairs = zip(actual["y"]?.integers ?? [], expected["y"]?.integers ?? [])
      #expect(pairs.allSatisfy { abs($0 - $1) <= 1 })
      #expect(actual["y"]?.spec == expected["y"]?.spec)
      #expect(actual["z"]?.spec == expected["z"]?.spec)
    }
  }

  @Test("numbers that are none, infinite or beyond the grid are quantized as the definition says")
  func extremes() throws {
    for grid in [QuantizedCase.unsigned, QuantizedCase.signed] {
      let model = Model(
        inputs: [ModelInput("x", [1, 37])],
        outputs: ["y"],
        nodes: [Node("y", QuantizeLinear(grid), inputs: ["x"])]
      )
      var scalars: [Float] = [.nan, .infinity, -.infinity, 1e30, -1e30, 0, -0.0, 1e-37]
      scalars += (0..<29).map { (Float($0) - 14.5) * grid.scales[0] }
      let x = Tensor([1, 37], scalars)
      let expected = try ReferenceRuntime().run(model, inputs: ["x": x])["y"]
      for set in InstructionSet.available {
        #expect(try CompiledModel(model, instructionSet: set).run(["x": x])["y"] == expected)
      }
    }
  }

  @Test(
    "unsigned weights run in bytes where they fit less their zero point",
    arguments: [128, 120, 3]
  )
  func unsignedWeights(_ zero: Int32) throws {
    let op = Convolution(outputChannels: 20, window: SlidingWindow(3, padding: 1))
    let test = QuantizedCase(op, [[1, 16, 5, 6]])
    var model = try test.model()
    var random = SeededGenerator(seed: 8)
    // 120 leaves 135 as the largest difference, but none of these weights has it; 3 leaves 252.
    let largest: Int32 = zero == 120 ? 240 : 255
    model.parameters["op.weight"] = UniformInteger(
      shape: [20, 16, 3, 3],
      integers: (0..<20 * 16 * 9).map { _ in Int32.random(in: 0...largest, using: &random) },
      scales: [0.0007],
      zeroPoints: [zero],
      isSigned: false
    )
    let inputs = test.tensors()
    let expected = try ReferenceRuntime().run(model, inputs: inputs)["y"]?.integers ?? []
    for set in InstructionSet.available {
      let compiled = try CompiledModel(model, instructionSet: set)
      #expect(compiled.steps.contains { $0.kernel == "IntegerConvolution" } == (zero != 3))
      let actual = try compiled.run(inputs)["y"]?.integers ?? []
      #expect(zip(actual, expected).allSatisfy { abs($0 - $1) <= 1 } && actual.count == 600)
    }
  }

  @Test("a layer whose weights do not fit bytes keeps its result")
  func wideWeights() throws {
    let test = QuantizedCase(
      Convolution(outputChannels: 4, window: SlidingWindow(1)),
      [[1, 16, 3, 3]]
    )
    var model = try test.model()
    let weight = model.parameters["op.weight"]?.decoded()
    model.parameters["op.weight"] = weight.map { Dense($0) }
    let inputs = test.tensors()
    let expected = try ReferenceRuntime().run(model, inputs: inputs)["y"]?.integers ?? []
    let compiled = try CompiledModel(model)
    #expect(!compiled.steps.contains { $0.kernel == "IntegerConvolution" })
    let actual = try compiled.run(inputs)["y"]?.integers ?? []
    #expect(zip(actual, expected).allSatisfy { abs($0 - $1) <= 1 } && actual.count == 36)
  }
}
