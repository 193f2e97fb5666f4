import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import SqueezeTestSupport
import Testing

@Suite struct ReferenceTrainingRuntimeTests {
  static let shapes: [String: Shape] = ["x": [3, 2, 5, 4]]
  static let batch: [String: Tensor] = {
    var random = SeededGenerator(seed: 2)
    return ["x": random.tensor(TensorSpec([3, 2, 5, 4]))]
  }()

  private func program(
    _ model: Model,
    options: TrainingOptions = TrainingOptions()
  ) throws -> any TrainingProgram {
    try ReferenceTrainingRuntime().program(model, shapes: Self.shapes, options: options)
  }

  @Test func gradientsOfAWholeLossAgreeWithCentralDifferences() throws {
    let model = try twoBranches()
    let program = try program(model)
    #expect(
      program.trained == [
        "stem.weight", "norm.scale", "norm.bias", "left.weight", "left.bias", "offset.value",
        "scores.weight", "scores.bias",
      ]
    )
    let outputs = try program.forward(Self.batch, seed: 9)
    var random = SeededGenerator(seed: 4)
    var weights: [String: Tensor] = [:]
    for name in model.outputs {
      weights[name] = random.tensor(TensorSpec(try #require(outputs[name]).shape))
    }
    let gradients = try program.backward(weights)
    let loaded = model.parameters.mapValues { $0.decoded() }
    for (key, gradient) in zip(program.trained, gradients) {
      let point = try #require(loaded[key])
      #expect(gradient.shape == point.shape)
      #expect(gradient.scalars.contains { $0 != 0 })
      let faults = try GradientCheck().faults(gradient, at: point, &random) { moved in
        try program.load(loaded.merging([key: moved]) { $1 })
        let outputs = try program.forward(Self.batch, seed: 9)
        var loss = 0.0
        for name in model.outputs {
          let (y, r) = (outputs[name]?.scalars ?? [], weights[name]?.scalars ?? [])
          loss += zip(y, r).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        return (loss, 1e-6)
      }
      #expect(faults == [], "\(key)")
    }
  }

  @Test func oneOutputsGradientIsEnoughAndNoneMeansZero() throws {
    let program = try program(twoBranches())
    _ = try program.forward(Self.batch, seed: 1)
    let gradients = try program.backward(["means": Tensor(zeros: [3, 12, 1, 1])])
    #expect(gradients.map(\.shape.count) == [72, 4, 4, 72, 4, 4, 36, 3])
    #expect(gradients.allSatisfy { $0.scalars.allSatisfy { $0 == 0 } })
    #expect(try program.backward([:]).count == 8)
  }

  @Test func statisticsMoveWithEveryForwardPassUnlessFrozen() throws {
    let model = try twoBranches()
    let before = try #require(model.parameters["norm.mean"]).decoded().scalars
    let program = try program(model, options: TrainingOptions(statisticsMomentum: 0.5))
    #expect(program.statistics["norm.mean"]?.scalars == before)
    _ = try program.forward(Self.batch, seed: 0)
    let first = try #require(program.statistics["norm.mean"]).scalars
    _ = try program.forward(Self.batch, seed: 0)
    let second = try #require(program.statistics["norm.mean"]).scalars
    for channel in 0..<4 {  // half of the way each time
      let target = 2 * first[channel] - before[channel]
      #expect(abs(second[channel] - (first[channel] + target) / 2) < 1e-5)
    }
    #expect(program.statistics.keys.sorted() == ["norm.mean", "norm.variance"])
    let frozen = try self.program(
      model,
      options: TrainingOptions(frozen: ["norm.mean", "norm.variance", "norm.scale"])
    )
    _ = try frozen.forward(Self.batch, seed: 0)
    #expect(frozen.statistics["norm.mean"]?.scalars == before)
    #expect(!frozen.trained.contains("norm.scale"))
    #expect(frozen.trained.contains("norm.bias"))
  }

  @Test func whatIsLoadedIsComputedWithAndTheRestStays() throws {
    let model = try twoBranches()
    let program = try program(model)
    let old = try program.forward(Self.batch, seed: 5)
    try program.load(["scores.bias": Tensor([3], [10, 20, 30])])
    let new = try program.forward(Self.batch, seed: 5)
    #expect(new["means"] == old["means"])
    let bias = try #require(model.parameters["scores.bias"]).decoded().scalars
    let moved = try #require(new["scores"]).scalars.prefix(3)
    for (index, value) in moved.enumerated() {
      let expected = (old["scores"]?.scalars[index] ?? 0) - bias[index] + Float(10 * (index + 1))
      #expect(abs(value - expected) < 1e-4)
    }
    #expect(throws: ModelError.self) { try program.load(["scores.bias": Tensor([2], [1, 2])]) }
    #expect(throws: ModelError.self) { try program.load(["nothing": Tensor([2], [1, 2])]) }
  }

  @Test func anotherSeedDropsOtherElements() throws {
    let program = try program(twoBranches())
    let first = try program.forward(Self.batch, seed: 5)
    #expect(try program.forward(Self.batch, seed: 5) == first)
    #expect(try program.forward(Self.batch, seed: 6) != first)
  }

  @Test func misuseIsRefusedByName() throws {
    let program = try program(twoBranches())
    #expect(
      throws: ModelError.gradient("means", expected: "a forward pass before", actual: "none")
    ) { try program.backward(["means": Tensor(zeros: [3, 12, 1, 1])]) }
    #expect(
      throws: ModelError.input(
        "x",
        expected: "float32 [3, 2, 5, 4]",
        actual: "float32 [1, 2, 5, 4]"
      )
    ) { try program.forward(["x": Tensor(zeros: [1, 2, 5, 4])], seed: 0) }
    _ = try program.forward(Self.batch, seed: 0)
    #expect(
      throws: ModelError.gradient(
        "scores",
        expected: "float32 [3, 3]",
        actual: "float32 [3]"
      )
    ) { try program.backward(["scores": Tensor([3], [1, 1, 1])]) }
    #expect(
      throws: ModelError.gradient(
        "act",
        expected: "an output of the model",
        actual: "another value"
      )
    ) { try program.backward(["act": Tensor([1], [1])]) }
  }

  @Test func aShapeErrorWhileTrainingNamesTheNode() throws {
    let model = Model(
      inputs: [ModelInput("x", [1, 2])],
      outputs: ["norm"],
      nodes: [Node("norm", BatchNormalization(), inputs: ["x"])],
      parameters: ["scale", "bias", "mean", "variance"].reduce(into: [:]) {
        $0["norm.\($1)"] = Dense(Tensor([2], [1, 1]))
      }
    )
    let program = try ReferenceTrainingRuntime().program(
      model,
      shapes: ["x": [1, 2]],
      options: TrainingOptions()
    )
    let error = #expect(throws: ModelError.self) {
      try program.forward(["x": Tensor([1, 2], [1, 2])], seed: 0)
    }
    #expect(error?.description.contains("BatchNormalization \"norm\"") == true)
  }
}
