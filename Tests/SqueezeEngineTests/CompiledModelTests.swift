import SqueezeEngine
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import SqueezeTestSupport
import Testing

@Suite struct CompiledModelTests {
  @Test("a network of Fire modules agrees with the reference", arguments: InstructionSet.available)
  func fireModules(_ set: InstructionSet) throws {
    let model = try TestNetworks.fire()
    let inputs = ["data": TestNetworks.input([2, 3, 63, 59])]
    let expected = try ReferenceRuntime().run(model, inputs: inputs)
    let compiled = try CompiledModel(
      model,
      shapes: ["data": [2, 3, 63, 59]],
      instructionSet: set
    )
    let actual = try compiled.run(inputs)
    #expect(actual.keys.sorted() == ["prob"])
    expect(actual["prob"], try #require(expected["prob"]), "Fire modules, \(set)")
  }

  @Test("a prepared model gives the bits of single runs, whatever shapes come")
  func prepared() throws {
    let model = try TestNetworks.fire()
    let runtime = FastRuntime()
    let run = try runtime.prepared(model)
    let reference = try ReferenceRuntime().prepared(model)
    for size in [31, 47, 31, 35, 47] {
      let inputs = ["data": TestNetworks.input([1, 3, size, size])]
      let actual = try #require(try run(inputs)["prob"])
      let expected = try #require(try runtime.run(model, inputs: inputs)["prob"])
      #expect(actual.isBitIdentical(to: expected))
      expect(actual, try #require(try reference(inputs)["prob"]), "size \(size)")
    }
  }

  @Test("one, two and three threads give the same bits", arguments: InstructionSet.available)
  func threadsGiveTheSameBits(_ set: InstructionSet) throws {
    let model = try TestNetworks.fire()
    let inputs = ["data": TestNetworks.input([1, 3, 95, 95])]
    let results = try [1, 2, 3].map { threads in
      let compiled = try CompiledModel(
        model,
        shapes: ["data": [1, 3, 95, 95]],
        threadCount: threads,
        instructionSet: set
      )
      return try #require(try compiled.run(inputs)["prob"])
    }
    for result in results { #expect(result.isBitIdentical(to: results[0])) }
  }

  @Test("networks of every kind give the same bits with one to four threads")
  func networksGiveTheSameBits() throws {
    let networks: [(Model, [String: Shape])] = [
      (try TestNetworks.fire(), ["data": [2, 3, 63, 79]]),
      (try TestNetworks.dense(), ["x": [1, 16, 23, 21]]),
      (try TestNetworks.classifier(), ["x": [1, 24, 9, 9]]),
      (try TestNetworks.classifier(), ["x": [3, 24, 9, 9]]),
    ]
    for (model, shapes) in networks {
      let inputs = shapes.mapValues { TestNetworks.input($0) }
      let results = try (1...4).map { threads in
        try CompiledModel(model, shapes: shapes, threadCount: threads).run(inputs)
      }
      for result in results {
        for (name, tensor) in result {
          #expect(tensor.isBitIdentical(to: try #require(results[0][name])))
        }
      }
    }
  }

  @Test("a model that is handed over gives the same bits")
  func handedOver() throws {
    let inputs = ["x": TestNetworks.input([1, 24, 9, 9])]
    let model = try TestNetworks.classifier()
    let kept = try CompiledModel(model, shapes: ["x": [1, 24, 9, 9]]).run(inputs)
    let given = try CompiledModel(consume model, shapes: ["x": [1, 24, 9, 9]]).run(inputs)
    #expect(try #require(given["y"]).isBitIdentical(to: try #require(kept["y"])))
  }

  @Test("a model runs again and again, and from many tasks at once")
  func repeatedRuns() async throws {
    let model = try TestNetworks.fire()
    let compiled = try CompiledModel(model, shapes: ["data": [1, 3, 47, 47]], threadCount: 2)
    let inputs = (0..<6).map { TestNetworks.input([1, 3, 47, 47], seed: UInt64($0)) }
    let first = try inputs.map { try compiled.run(["data": $0])["prob"] }
    try await withThrowingTaskGroup(of: (Int, Tensor?).self) { group in
      for (index, input) in inputs.enumerated() {
        for _ in 0..<4 { group.addTask { (index, try compiled.run(["data": input])["prob"]) } }
      }
      for try await (index, result) in group {
        let expected = try #require(first[index])
        #expect(try #require(result).isBitIdentical(to: expected))
      }
    }
  }

  @Test("a value inside a concatenation may be used elsewhere too")
  func denseConcatenation() throws {
    let model = try TestNetworks.dense()
    let inputs = ["x": TestNetworks.input([2, 16, 9, 11])]
    let expected = try ReferenceRuntime().run(model, inputs: inputs)
    let actual = try CompiledModel(model, shapes: ["x": [2, 16, 9, 11]]).run(inputs)
    #expect(actual.count == 3)
    for (name, tensor) in expected { expect(actual[name], tensor, "dense \(name)") }
  }

  @Test("activations that clip join the node before them, others do not get lost")
  func fusion() throws {
    let model = try TestNetworks.chain(
      [
        ("c", Convolution(outputChannels: 20, window: SlidingWindow(3, padding: 1))),
        ("r", ReLU()), ("k", Clip(lower: 0.25, upper: 0.5)), ("l", LeakyReLU(slope: 0.5)),
        ("d", Dropout(ratio: 0.5)), ("p", MaxPool(window: SlidingWindow(2))),
        ("q", Clip(upper: 0.4)),
      ],
      input: [1, 5, 8, 8]
    )
    let inputs = ["x": TestNetworks.input([1, 5, 8, 8])]
    let compiled = try CompiledModel(model)
    let expected = try #require(try ReferenceRuntime().run(model, inputs: inputs)["q"])
    expect(try compiled.run(inputs)["q"], expected, "chain")
    let nodes = compiled.steps.filter { !$0.operatorName.isEmpty }.map(\.nodes)
    #expect(nodes == [["c", "r", "k"], ["l"], ["p", "q"]])
  }

  @Test("batch normalization disappears into a convolution, and stays where there is none")
  func batchNormalization() throws {
    let window = SlidingWindow(3, padding: 1)
    let model = try TestNetworks.chain(
      [
        ("c", Convolution(outputChannels: 18, window: window, hasBias: false)),
        ("n", BatchNormalization()), ("r", ReLU()),
        ("p", AveragePool(window: SlidingWindow(2, stride: 2))),
        ("m", BatchNormalization()), ("k", Clip.relu6),
      ],
      input: [2, 3, 9, 8]
    )
    let inputs = ["x": TestNetworks.input([2, 3, 9, 8])]
    let compiled = try CompiledModel(model)
    let expected = try #require(try ReferenceRuntime().run(model, inputs: inputs)["k"])
    expect(try compiled.run(inputs)["k"], expected, "batch normalization")
    let operators = compiled.steps.map(\.operatorName).filter { !$0.isEmpty }
    #expect(operators == ["Convolution", "AveragePool", "BatchNormalization"])
  }

  @Test("a residual block agrees with the reference", arguments: InstructionSet.available)
  func residualBlock(_ set: InstructionSet) throws {
    let window = SlidingWindow(3, padding: 1)
    let nodes = [
      Node("a", Convolution(outputChannels: 40, window: window), inputs: ["x"]),
      Node("ar", ReLU(), inputs: ["a"]),
      Node("b", Convolution(outputChannels: 40, window: window, groups: 40), inputs: ["ar"]),
      Node("gate", GlobalAveragePool(), inputs: ["b"]),
      Node("sigmoid", Sigmoid(), inputs: ["gate"]),
      Node("gated", Multiply(), inputs: ["b", "sigmoid"]),
      Node("sum", Add(), inputs: ["gated", "ar"]),
      Node("sr", ReLU(), inputs: ["sum"]),
      Node("shuffled", ChannelShuffle(groups: 4), inputs: ["sr"]),
      Node("y", Convolution(outputChannels: 7, window: window), inputs: ["shuffled"]),
    ]
    let model = try TestNetworks.weighted(
      Model(inputs: [ModelInput("x", [2, 16, 14, 13])], outputs: ["y"], nodes: nodes)
    )
    let inputs = ["x": TestNetworks.input([2, 16, 14, 13])]
    let expected = try #require(try ReferenceRuntime().run(model, inputs: inputs)["y"])
    let compiled = try CompiledModel(model, instructionSet: set)
    expect(try compiled.run(inputs)["y"], expected, "residual block")
  }

  @Test("an activation whose input is an output of the model stays apart")
  func noFusionAcrossOutputs() throws {
    var model = try TestNetworks.chain(
      [("c", Convolution(outputChannels: 3, window: SlidingWindow(1))), ("r", ReLU())],
      input: [1, 2, 4, 4]
    )
    model.outputs = ["c", "r", "x"]
    let inputs = ["x": TestNetworks.input([1, 2, 4, 4])]
    let expected = try ReferenceRuntime().run(model, inputs: inputs)
    let actual = try CompiledModel(model).run(inputs)
    #expect(actual.keys.sorted() == ["c", "r", "x"])
    for (name, tensor) in expected { expect(actual[name], tensor, name) }
  }

  @Test("the arena is smaller than all values together and as large as those needed at once")
  func arena() throws {
    let model = try TestNetworks.fire()
    let compiled = try CompiledModel(model, shapes: ["data": [1, 3, 95, 95]])
    let cost = try model.cost(for: ["data": [1, 3, 95, 95]])
    #expect(compiled.arenaByteCount < cost.activationBytes)
    #expect(compiled.arenaByteCount >= cost.nodes.map(\.bytesWritten).max() ?? 0)
    #expect(compiled.peakActivationBytes > 0)
  }

  @Test("profiling names every step and changes no result")
  func profile() throws {
    let model = try TestNetworks.fire()
    let compiled = try CompiledModel(model, shapes: ["data": [1, 3, 47, 47]])
    let inputs = ["data": TestNetworks.input([1, 3, 47, 47])]
    let (outputs, times) = try compiled.profile(inputs)
    #expect(times.count == compiled.steps.count)
    #expect(times.contains { $0 > .zero })
    let plain = try #require(try compiled.run(inputs)["prob"])
    #expect(try #require(outputs["prob"]).isBitIdentical(to: plain))
  }

  @Test("inputs that do not fit are refused")
  func inputs() throws {
    let compiled = try CompiledModel(try TestNetworks.fire(), shapes: ["data": [1, 3, 47, 47]])
    let good = TestNetworks.input([1, 3, 47, 47])
    #expect(throws: EngineError.missingInput("data")) { try compiled.run([:]) }
    #expect(throws: EngineError.unknownInput("image", known: ["data"])) {
      try compiled.run(["data": good, "image": good])
    }
    #expect(throws: EngineError.self) {
      try compiled.run(["data": TestNetworks.input([1, 3, 47, 46])])
    }
  }

  @Test("a model that needs absurd memory is refused before any is taken")
  func memory() throws {
    let model = Model(
      inputs: [ModelInput("x", [1 << 20, 1 << 16])],
      outputs: ["y"],
      nodes: [Node("y", ReLU(), inputs: ["x"])]
    )
    #expect(throws: EngineError.self) { try CompiledModel(model) }
  }

  @Test("padding far beyond the image is left to the reference")
  func hugePadding() throws {
    let window = SlidingWindow(1, stride: 1000, padding: 4000)
    let model = try TestNetworks.chain(
      [("y", Convolution(outputChannels: 2, window: window))],
      input: [1, 1, 3, 3]
    )
    let inputs = ["x": TestNetworks.input([1, 1, 3, 3])]
    let compiled = try CompiledModel(model)
    #expect(compiled.arenaByteCount < 1 << 20)
    let expected = try #require(try ReferenceRuntime().run(model, inputs: inputs)["y"])
    expect(try compiled.run(inputs)["y"], expected, "huge padding")
  }

  @Test("integers are clipped as integers")
  func integers() throws {
    let model = Model(
      inputs: [ModelInput("x", [5], type: .int32)],
      outputs: ["y"],
      nodes: [
        Node("sum", Add(), inputs: ["x", "x"]),
        Node("y", Clip(lower: -3, upper: 4), inputs: ["sum"]),
      ]
    )
    let x = Tensor([5], integers: [-9, -1, 0, 2, 7], type: .int32)
    let y = try #require(try CompiledModel(model).run(["x": x])["y"])
    #expect(y == Tensor([5], integers: [-3, -2, 0, 4, 4], type: .int32))
  }

  @Test("constants, integers and odd ranks go through the reference")
  func mixedValues() throws {
    var model = Model(
      inputs: [ModelInput("x", [2, 3, 4])],
      outputs: ["sum", "constant", "shape"],
      nodes: [
        Node("constant", Constant(TensorSpec([4])), inputs: []),
        Node("sum", Add(), inputs: ["x", "constant"]),
        Node("shape", ShapeOf(), inputs: ["sum"]),
      ]
    )
    model.parameters["constant.value"] = Dense(Tensor([4], [1, 2, 3, 4]))
    let inputs = ["x": TestNetworks.input([2, 3, 4])]
    let expected = try ReferenceRuntime().run(model, inputs: inputs)
    let compiled = try CompiledModel(model)
    for _ in 0..<2 {
      let actual = try compiled.run(inputs)
      for (name, tensor) in expected { expect(actual[name], tensor, name) }
    }
  }
}
