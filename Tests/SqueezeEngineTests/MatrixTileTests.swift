import SqueezeEngine
import SqueezeGraph
import SqueezeModels
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import SqueezeTestSupport
import Testing

/// Training in bfloat16: exact where factors are small integers, near floats elsewhere.
@Suite struct MatrixTileTests {
  /// A convolution whose input comes from another one, so that it gives all three results.
  struct Problem: CustomTestStringConvertible {
    var channels: (input: Int, output: Int)
    var size: (height: Int, width: Int)
    var batch = 3
    var window = SlidingWindow(3, padding: 1)
    var groups = 1
    var isTransposed = false

    var testDescription: String {
      "\(batch)×\(channels.input)×\(size.height)×\(size.width) to \(channels.output), \(window), "
        + "\(groups) groups\(isTransposed ? ", transposed" : "")"
    }

    /// The first layer has 8 inputs, too few for tiles, and repeats channels; the others' parameters are made by
    /// `numbers`.
    func model(
      _ numbers: (Int, inout SeededGenerator) -> [Float] = small
    ) throws -> Model {
      let input: Shape = [batch, 8, size.height, size.width]
      let repeated = Convolution(
        outputChannels: channels.input,
        window: SlidingWindow(1),
        hasBias: false
      )
      let op: any Operator =
        isTransposed
        ? TransposedConvolution(outputChannels: channels.output, window: window)
        : Convolution(outputChannels: channels.output, window: window, groups: groups)
      var model = try Model(
        name: "tiles",
        inputs: [ModelInput("x", input)],
        outputs: ["z"],
        nodes: [
          Node("repeat", repeated, inputs: ["x"], outputs: ["r"]),
          Node("conv", op, inputs: ["r"], outputs: ["y"]),
          Node("relu", ReLU(), inputs: ["y"], outputs: ["z"]),
        ]
      ).withRandomParameters(seed: 1)
      var random = SeededGenerator(seed: 7)
      for (key, parameter) in model.parameters {
        let shape = parameter.shape
        let scalars =
          key == "repeat.weight"
          ? (0..<shape.count).map { $0 % 8 == $0 / 8 % 8 ? Float(1) : 0 }
          : numbers(shape.count, &random)
        model.parameters[key] = Dense(Tensor(shape, scalars))
      }
      return model
    }
  }

  static let problems: [Problem] = [
    Problem(channels: (16, 16), size: (4, 4)), Problem(channels: (32, 32), size: (8, 8)),
    Problem(channels: (24, 40), size: (5, 7)), Problem(channels: (80, 48), size: (6, 3), batch: 7),
    Problem(channels: (64, 16), size: (33, 31), batch: 2),
    Problem(channels: (48, 33), size: (9, 9), window: SlidingWindow(1)),
    Problem(channels: (32, 64), size: (9, 8), window: SlidingWindow(3)),
    Problem(channels: (16, 32), size: (7, 7), batch: 1, window: SlidingWindow(5, padding: 2)),
    Problem(
      channels: (32, 16),
      size: (11, 10),
      window: SlidingWindow(3, dilation: 2, padding: 2)
    ),
    Problem(
      channels: (32, 20),
      size: (6, 8),
      window: SlidingWindow(kernelSize: [3, 2], padding: .explicit(begin: [2, 0], end: [2, 0]))
    ),
    Problem(channels: (96, 64), size: (5, 5), groups: 2),
    Problem(channels: (32, 24), size: (5, 6), window: SlidingWindow(3), isTransposed: true),
    Problem(channels: (128, 96), size: (1, 1), batch: 40, window: SlidingWindow(1)),
  ]

  @Test(
    "small integers give the same numbers as floats",
    .enabled(if: TrainingPrecision.bfloat16.isAvailable, "no AMX here"),
    arguments: problems
  )
  func integersAreExact(_ problem: Problem) throws {
    let model = try problem.model()
    var random = SeededGenerator(seed: 3)
    let shape = model.inputs[0].shape(openSize: problem.batch)
    let input = Tensor(shape, small(shape.count, &random))
    let expected = try step(ReferenceTrainingRuntime(), model, input, threads: 1)
    for threads in 1...3 {
      let runtime = FastTrainingRuntime(precision: .bfloat16)
      let actual = try step(runtime, model, input, threads: threads)
      #expect(actual.output == expected.output)
      #expect(actual.gradients.count == 3)
      for (key, pair) in zip(expected.trained, zip(actual.gradients, expected.gradients)) {
        #expect(pair.0.scalars == pair.1.scalars, "\(key), \(threads) threads")
      }
    }
  }

  @Test(
    "other numbers are rounded to the nearest bfloat16",
    .enabled(if: TrainingPrecision.bfloat16.isAvailable, "no AMX here"),
    arguments: problems
  )
  func othersAreNear(_ problem: Problem) throws {
    // A clip would let rounding decide which gradients pass.
    var model = try problem.model(reals)
    model.nodes.removeLast()
    model.nodes[1].outputs = ["z"]
    var random = SeededGenerator(seed: 3)
    let shape = model.inputs[0].shape(openSize: problem.batch)
    let input = Tensor(shape, reals(shape.count, &random))
    let expected = try step(ReferenceTrainingRuntime(), model, input, threads: 1)
    let actual = try step(
      FastTrainingRuntime(precision: .bfloat16),
      model,
      input,
      threads: 2
    )
    // Half a unit of the eighth bit for each of two factors, and of chance about a half of that.
    for (a, b) in zip([actual.output] + actual.gradients, [expected.output] + expected.gradients) {
      let difference = zip(a.scalars, b.scalars).reduce(0) {
        $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1))
      }
      let all = b.scalars.reduce(0) { $0 + Double($1 * $1) }
      #expect(difference <= 0x1p-14 * all, "\(difference) of \(all)")
    }
    #expect(actual.output != expected.output)
  }

  @Test(
    "gradients of a network are near those of floats, with the same bits for all threads",
    .enabled(if: TrainingPrecision.bfloat16.isAvailable, "no AMX here")
  )
  func networksAreNear() throws {
    let network = try #require(NetworkCatalog.network(named: "resnet-9"))
    let options = NetworkOptions(classes: 10, input: [3, 32, 32], batch: 8, baseWidth: 16)
    let model = try network.model(options)
    var random = SeededGenerator(seed: 4)
    let data = random.tensor(TensorSpec([8, 3, 32, 32]))
    let expected = try run(.float32, model, data, threads: 2)
    let actual = try run(.bfloat16, model, data, threads: 2)
    // A rounding that moves a number across a kink of ReLU, or makes another pixel of a pool the largest, changes all
    // that lies before it; eight layers of that are a fifth of the gradient's length.
    var (difference, all) = (0.0, 0.0)
    for (a, b) in zip(actual.gradients, expected.gradients) {
      difference += zip(a.scalars, b.scalars).reduce(0) {
        $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1))
      }
      all += b.scalars.reduce(0) { $0 + Double($1 * $1) }
    }
    #expect(difference > 0)
    #expect(difference <= 0.25 * 0.25 * all, "\(difference) of \(all)")
    for threads in [1, 3] {
      let other = try run(.bfloat16, model, data, threads: threads)
      for (a, b) in zip(actual.gradients, other.gradients) { #expect(a.isBitIdentical(to: b)) }
    }
  }

  @Test("kernels without AMX refuse bfloat16")
  func refuses() throws {
    let model = try Self.problems[0].model()
    let runtime = FastTrainingRuntime(instructionSet: .baseline, precision: .bfloat16)
    #expect(throws: EngineError.self) {
      try runtime.program(model, shapes: model.shapes(batch: 3), options: TrainingOptions())
    }
    #expect(runtime.arithmetic == "bfloat16")
    #expect(FastTrainingRuntime().arithmetic == "float32")
  }

  private func run(
    _ precision: TrainingPrecision,
    _ model: Model,
    _ data: Tensor,
    threads: Int
  ) throws -> TrainingStep {
    let runtime = FastTrainingRuntime(precision: precision)
    return try SqueezeEngineTests.step(
      runtime,
      model,
      data,
      TrainingOptions(threadCount: threads)
    )
  }

  /// One step from slopes that are small integers.
  private func step(
    _ runtime: any TrainingRuntime,
    _ model: Model,
    _ input: Tensor,
    threads: Int
  ) throws -> (trained: [String], output: Tensor, gradients: [Tensor]) {
    let program = try runtime.program(
      model,
      shapes: ["x": input.shape],
      options: TrainingOptions(threadCount: threads)
    )
    let output = try #require(try program.forward(["x": input], seed: 1)["z"])
    var random = SeededGenerator(seed: 9)
    let slopes = Tensor(output.shape, small(output.shape.count, &random))
    return (program.trained, output, try program.backward(["z": slopes]))
  }
}

/// Integers from −3 to 3, which bfloat16 and sums of their products in floats keep exactly.
private func small(_ count: Int, _ random: inout SeededGenerator) -> [Float] {
  (0..<count).map { _ in Float(Int.random(in: -3...3, using: &random)) }
}

/// Numbers that are no bfloat16.
private func reals(_ count: Int, _ random: inout SeededGenerator) -> [Float] {
  (0..<count).map { _ in random.uniform(-1, 1) }
}
