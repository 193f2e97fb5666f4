import SqueezeEngine
import SqueezeGraph
import SqueezeModels
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import SqueezeTestSupport
import Testing

/// The fast training runtime against the reference: outputs, gradients and running statistics.
@Suite struct TrainingConformanceTests {
  @Test("every operator with a gradient agrees", arguments: InstructionSet.available)
  func operatorsAgree(_ set: InstructionSet) throws {
    var checked = 0
    for problem in OperatorCatalog.problems(seeds: 0..<2) {
      guard problem.op is any Differentiable, let model = try TrainingNetwork.around(problem) else {
        continue
      }
      try expectAgreement(model, problem.inputs[0], set, "\(problem)")
      checked += 1
    }
    #expect(checked > 150)
  }

  @Test("small networks agree", arguments: InstructionSet.available)
  func networksAgree(_ set: InstructionSet) throws {
    for network in TrainingNetwork.all {
      let model = try network.model()
      try expectAgreement(model, network.input, set, network.name)
    }
  }

  @Test("channels in a constant order agree, some twice", arguments: InstructionSet.available)
  func ordersAgree(_ set: InstructionSet) throws {
    let order = Array((0..<20).reversed()) + [4, 5, 6, 7, -1, -20]
    let window = SlidingWindow(3, padding: 1)
    var model = try Model(
      name: "order",
      inputs: [ModelInput("x", [2, 3, 7, 9])],
      outputs: ["c"],
      nodes: [
        Node("a", Convolution(outputChannels: 20, window: window), inputs: ["x"]),
        Node("order", Constant(TensorSpec([26], .int64), isFixed: true), inputs: []),
        Node("b", Gather(axis: 1), inputs: ["a", "order"]),
        Node("c", Convolution(outputChannels: 8, window: window), inputs: ["b"]),
      ]
    ).withRandomParameters(seed: 5)
    model.parameters["order.value"] = Constant.encoding(of: Tensor([26], integers: order))
    var random = SeededGenerator(seed: 8)
    try expectAgreement(model, random.tensor(TensorSpec([2, 3, 7, 9])), set, "order")
  }

  @Test("published networks agree")
  func publishedNetworksAgree() throws {
    for (name, input, batch) in [
      ("u-net", [1, 32, 32] as Shape, 2), ("densenet-1d", [8, 170], 4),
      ("mobilenet-v2", [3, 64, 64], 2), ("squeezenet-v1.1", [3, 64, 64], 2),
      ("shufflenet-v2-x1.0", [3, 64, 64], 2), ("resnet-18", [3, 64, 64], 2),
    ] {
      guard let network = NetworkCatalog.network(named: name) else {
        Issue.record("no network \(name)")
        continue
      }
      var options = NetworkOptions(classes: 5, input: input, batch: batch)
      if name == "u-net" || name == "resnet-18" { options.baseWidth = 16 }
      let model = try network.model(options)
      var random = SeededGenerator(seed: 3)
      let data = random.tensor(TensorSpec(Shape([batch] + input.dimensions)))
      // A rounding that moves a number across a kink of ReLU changes what lies before it, more so in
      // deep networks with few pixels per channel; so tensors are compared as a whole.
      let expected = try step(ReferenceTrainingRuntime(), model, data, TrainingOptions())
      let actual = try step(FastTrainingRuntime(), model, data, TrainingOptions(threadCount: 2))
      #expect(actual.trained == expected.trained, "\(name)")
      for (key, pair) in zip(expected.trained, zip(actual.gradients, expected.gradients)) {
        let difference = zip(pair.0.scalars, pair.1.scalars).map { Double($0 - $1) }
        let (own, all) = (norm(difference), norm(pair.1.scalars.map { Double($0) }))
        #expect(own <= 0.03 * max(all, 0.05), "\(name): gradient of \(key): \(own) of \(all)")
      }
    }
  }

  @Test("threads change no bit")
  func threadsAgree() throws {
    for network in TrainingNetwork.all {
      let model = try network.model()
      let runs = try (1...3).map { threads in
        try step(
          FastTrainingRuntime(),
          model,
          network.input,
          TrainingOptions(threadCount: threads)
        )
      }
      for run in runs.dropFirst() {
        for (a, b) in zip(runs[0].gradients, run.gradients) {
          #expect(a.isBitIdentical(to: b), "\(network.name)")
        }
      }
    }
  }

  @Test("a second step takes new parameters and inputs")
  func stepsRepeat() throws {
    for network in TrainingNetwork.all {
      let model = try network.model()
      let shapes = [model.inputs[0].name: network.input.shape]
      let program = try FastTrainingRuntime().program(
        model,
        shapes: shapes,
        options: TrainingOptions(threadCount: 2)
      )
      let first = try run(program, model, network.input)
      var other = SeededGenerator(seed: 99)
      try program.load(
        model.parameters.mapValues { parameter in
          let tensor = parameter.decoded()
          return Tensor(tensor.shape, tensor.scalars.map { $0 + 0.1 * abs(other.uniform(-1, 1)) })
        }
      )
      _ = try run(program, model, other.tensor(TensorSpec(network.input.shape)))
      try program.load(model.parameters.mapValues { $0.decoded() })
      let again = try run(program, model, network.input)
      for (a, b) in zip(first.gradients, again.gradients) {
        #expect(a.isBitIdentical(to: b), "\(network.name)")
      }
    }
  }

  @Test("recomputing changes no bit and takes less memory")
  func recomputes() throws {
    guard let network = NetworkCatalog.network(named: "resnet-9") else { return }
    let model = try network.model(
      NetworkOptions(classes: 10, input: [3, 32, 32], batch: 4, baseWidth: 16)
    )
    var random = SeededGenerator(seed: 4)
    let data = random.tensor(TensorSpec([4, 3, 32, 32]))
    var bytes: [Int] = []
    var steps: [TrainingStep] = []
    for recomputes in [false, true] {
      let options = TrainingOptions(threadCount: 2, recomputes: recomputes)
      let runtime = FastTrainingRuntime()
      let shapes = ["data": data.shape]
      steps.append(try run(runtime.program(model, shapes: shapes, options: options), model, data))
      bytes.append(try runtime.byteCount(model, shapes: shapes, options: options))
    }
    #expect(Double(bytes[1]) < 0.8 * Double(bytes[0]), "\(bytes)")
    for (a, b) in zip(steps[0].gradients, steps[1].gradients) { #expect(a.isBitIdentical(to: b)) }
  }

  @Test("a frozen parameter gets no gradient")
  func freezes() throws {
    let network = TrainingNetwork.all[0]
    let model = try network.model()
    let all = try step(FastTrainingRuntime(), model, network.input, TrainingOptions())
    let key = all.trained[0]
    let some = try step(
      FastTrainingRuntime(),
      model,
      network.input,
      TrainingOptions(frozen: [key])
    )
    #expect(some.trained == Array(all.trained.dropFirst()))
    for (a, b) in zip(all.gradients.dropFirst(), some.gradients) {
      #expect(a.isBitIdentical(to: b))
    }
  }
}

private func norm(_ numbers: [Double]) -> Double {
  numbers.reduce(0) { $0 + $1 * $1 }.squareRoot()
}

/// What one step of a program gives.
struct TrainingStep {
  var trained: [String]
  var outputs: [String: Tensor]
  var gradients: [Tensor]
  var statistics: [String: Tensor]
}

/// Runs a program forwards and backwards from random gradients of its outputs.
func run(_ program: any TrainingProgram, _ model: Model, _ input: Tensor) throws -> TrainingStep {
  let outputs = try program.forward([model.inputs[0].name: input], seed: 5)
  var random = SeededGenerator(seed: 11)
  var slopes: [String: Tensor] = [:]
  for name in model.outputs {
    if let output = outputs[name] { slopes[name] = random.tensor(TensorSpec(output.shape)) }
  }
  let gradients = try program.backward(slopes)
  return TrainingStep(
    trained: program.trained,
    outputs: outputs,
    gradients: gradients,
    statistics: program.statistics
  )
}

func step(
  _ runtime: some TrainingRuntime,
  _ model: Model,
  _ input: Tensor,
  _ options: TrainingOptions
) throws -> TrainingStep {
  let shapes = [model.inputs[0].name: input.shape]
  let program = try runtime.program(model, shapes: shapes, options: options)
  return try run(program, model, input)
}

/// Compares one step of the fast runtime with the reference's.
func expectAgreement(
  _ model: Model,
  _ input: Tensor,
  _ set: InstructionSet,
  _ name: String,
  tolerance: Float = 2e-4
) throws {
  let expected = try step(ReferenceTrainingRuntime(), model, input, TrainingOptions())
  let actual = try step(
    FastTrainingRuntime(instructionSet: set),
    model,
    input,
    TrainingOptions(threadCount: 2)
  )
  #expect(actual.trained == expected.trained, "\(name)")
  for (output, tensor) in expected.outputs {
    expectClose(actual.outputs[output], tensor, "\(name): output \(output)", tolerance)
  }
  for (key, pair) in zip(expected.trained, zip(actual.gradients, expected.gradients)) {
    expectClose(pair.0, pair.1, "\(name): gradient of \(key)", tolerance)
  }
  for (key, tensor) in expected.statistics {
    expectClose(actual.statistics[key], tensor, "\(name): \(key)", tolerance)
  }
}

/// Compares tensors relative to the largest magnitude of the expected one; a NaN must meet a NaN.
func expectClose(_ actual: Tensor?, _ expected: Tensor, _ place: String, _ tolerance: Float) {
  guard let actual, actual.shape == expected.shape else {
    Issue.record(
      "\(place): expected \(expected.spec), got \(actual.map { "\($0.spec)" } ?? "none")"
    )
    return
  }
  let pairs = zip(actual.reals, expected.reals).filter { !($0.isNaN && $1.isNaN) && $0 != $1 }
  let largest = pairs.map { abs($1) }.max() ?? 0
  let worst = pairs.map { abs($0 - $1) }.reduce(0) { $1 > $0 || $1.isNaN ? $1 : $0 }
  // A bias in front of a batch normalization has no gradient but rounding.
  let isClose = worst <= tolerance * max(largest, 0.05)
  #expect(isClose, "\(place): off by \(worst) of \(largest)")
}
