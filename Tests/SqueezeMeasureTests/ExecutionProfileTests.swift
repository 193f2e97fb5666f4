import SqueezeEngine
import SqueezeGraph
import SqueezeMeasure
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct ExecutionProfileTests {
  /// conv 3→8 3×3 with ReLU, then max pooling.
  static func model() -> Model {
    var model = Model(
      inputs: [ModelInput("x", [1, 3, 16, 16])],
      outputs: ["p"],
      nodes: [
        Node(
          "c",
          Convolution(outputChannels: 8, window: SlidingWindow(3, padding: 1)),
          inputs: ["x"]
        ),
        Node("r", ReLU(), inputs: ["c"]),
        Node("p", MaxPool(window: SlidingWindow(2, stride: 2)), inputs: ["r"]),
      ]
    )
    var random = SeededGenerator(seed: 1)
    model.parameters[Model.key("c", "weight")] = Dense(random.tensor(TensorSpec([8, 3, 3, 3])))
    model.parameters[Model.key("c", "bias")] = Dense(random.tensor(TensorSpec([8])))
    return model
  }

  @Test("every step knows its shape, its exact MACs and the bytes it touches")
  func steps() throws {
    let model = Self.model()
    let compiled = try CompiledModel(model)
    let profile = try ExecutionProfile(
      of: compiled,
      model,
      shapes: [:],
      on: MachineCacheTests.machine("made up"),
      iterations: 3
    )
    #expect(profile.steps.map(\.nodes) == compiled.steps.map(\.nodes))
    let convolution = try #require(profile.steps.first { $0.operatorName == "Convolution" })
    // The pooling is merged into the step, which makes only the pooled map.
    #expect(convolution.nodes == ["c", "r", "p"])
    #expect(convolution.outputShape == [1, 8, 8, 8])
    #expect(convolution.work.macs == 16 * 16 * 8 * 27)
    #expect(convolution.work.activationBytes == 4 * (256 * 3 + 64 * 8))
    #expect(convolution.work.weightBytes == 4 * (8 * 27 + 8))
    let total = profile.steps.reduce(0) { $0 + $1.work.macs }
    #expect(total == (try model.cost().macs))
    #expect(profile.steps.allSatisfy { $0.seconds > 0 })
    let conversion = try #require(profile.steps.first { $0.kernel == "Conversion" })
    #expect(conversion.work.activationBytes > 0)
    #expect(conversion.limit.bound == "DRAM")
  }

  @Test("the pace is told beside what the machine was measured to do")
  func pace() throws {
    let machine = MachineProbe(threads: 1, duration: 0.01).measure()
    // As if it had once been ten times as fast.
    var faster = machine
    faster.peaks = machine.peaks.map {
      .init(
        instructionSet: $0.instructionSet,
        threads: $0.threads,
        gmacsPerSecond: 10 * $0.gmacsPerSecond
      )
    }
    let compiled = try CompiledModel(Self.model())
    func pace(_ machine: Machine) throws -> Double {
      try ExecutionProfile(of: compiled, Self.model(), shapes: [:], on: machine, iterations: 5).pace
    }
    // Busy machines change their pace by a factor of two or three from one moment to the next.
    let pairs = try (0..<5).map { _ in (try pace(machine), try pace(faster)) }
    let ratios = pairs.map { 10 * $0.1 / $0.0 }.sorted()
    #expect((1.0 / 3..<3).contains(ratios[2]))
    #expect((0.1..<3).contains(pairs.map(\.0).sorted()[2]))
  }

  @Test("a machine without figures for the plan is refused by name")
  func refusesUnknownMachine() throws {
    let compiled = try CompiledModel(Self.model(), threadCount: 3)
    let error = #expect(throws: MeasureError.self) {
      try ExecutionProfile(
        of: compiled,
        Self.model(),
        shapes: [:],
        on: MachineCacheTests.machine("made up"),
        iterations: 1
      )
    }
    #expect(error?.place == "made up")
    #expect(error?.expected.contains("3 threads") == true)
  }
}
