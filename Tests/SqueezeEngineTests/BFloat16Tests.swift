import SqueezeEngine
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import SqueezeTestSupport
import Testing

/// Everything as bfloat16: 8 bits of significand, so each input, weight and result is off by at most
/// 2⁻⁹ of itself.
@Suite struct BFloat16Tests {
  private static let tolerance = Tolerance.standard(for: .bfloat16)

  private static func expectAgreement(
    _ model: Model,
    _ inputs: [String: Tensor],
    _ set: InstructionSet,
    _ label: some CustomStringConvertible
  ) throws {
    let expected = try ReferenceRuntime().run(model, inputs: inputs)
    let compiled = try CompiledModel(
      model,
      shapes: inputs.mapValues(\.shape),
      instructionSet: set,
      precision: .bfloat16
    )
    let actual = try compiled.run(inputs)
    for (name, tensor) in expected {
      guard let result = actual[name], result.spec == tensor.spec else {
        Issue.record("\(label): output \(name)")
        continue
      }
      let allowed = tensor.type.isReal ? tolerance : .standard(for: tensor.type)
      #expect(allowed.worstExcess(result, expected: tensor) <= 0, "\(set) \(label)")
    }
  }

  @Test("convolutions agree with the reference", arguments: ConvolutionTests.all)
  func convolutions(_ test: ConvolutionTests.Case) throws {
    let problem = try Problem(test.op, [TensorSpec(test.input)], seed: 7)
    for set in InstructionSet.available {
      try Self.expectAgreement(problem.model(), problem.namedInputs, set, problem)
    }
  }

  @Test("every operator runs", arguments: InstructionSet.available)
  func catalogue(_ set: InstructionSet) throws {
    // What has no kernel of bfloat16 computes with floats.
    for problem in ConformanceTests.problems {
      try Self.expectAgreement(problem.model(), problem.namedInputs, set, problem)
    }
  }

  @Test("layers keep values as bfloat16 from one to the next", arguments: InstructionSet.available)
  func chain(_ set: InstructionSet) throws {
    let operators: [(String, any Operator)] = [
      ("grey", Convolution(outputChannels: 2, window: SlidingWindow(1))),
      ("first", Convolution(outputChannels: 24, window: SlidingWindow(3, stride: 2, padding: 1))),
      ("relu", ReLU()),
      ("pool", MaxPool(window: SlidingWindow(3, stride: 2, padding: 1))),
      (
        "depthwise",
        Convolution(outputChannels: 24, window: SlidingWindow(3, padding: 1), groups: 24)
      ),
      ("leaky", LeakyReLU(slope: 0.1)),
      ("point", Convolution(outputChannels: 40, window: SlidingWindow(1))),
      ("swish", HardSwish()),
      ("up", TransposedConvolution(outputChannels: 20, window: SlidingWindow(2, stride: 2))),
      ("average", AveragePool(window: SlidingWindow(2, stride: 2))),
      ("mean", GlobalAveragePool()),
      ("flat", Flatten()),
      ("scores", FullyConnected(outputFeatures: 11)),
    ]
    let model = try TestNetworks.chain(operators, input: [2, 3, 29, 31])
    let x = TestNetworks.input([2, 3, 29, 31])
    try Self.expectAgreement(model, ["x": x], set, "chain")
    let compiled = try CompiledModel(model, instructionSet: set, precision: .bfloat16)
    let kernels = compiled.steps.map(\.kernel)
    for name in [
      "Convolution", "Depthwise", "MaxPool", "Activation", "Transposed", "Average",
      "FullyConnected",
    ] { #expect(kernels.contains("BFloat16\(name)"), "\(name): \(kernels)") }
  }

  @Test("lanes that are not there do no harm", arguments: InstructionSet.available)
  func missingLanes(_ set: InstructionSet) throws {
    // A quotient of nothing by nothing in the lanes beyond 19 and 18 channels.
    for channels in [18, 19] {
      var model = Model(
        inputs: [ModelInput("x", [1, 3, 6, 6])],
        outputs: ["y"],
        nodes: [
          Node("a", Convolution(outputChannels: channels, window: SlidingWindow(1)), inputs: ["x"]),
          Node("one", Sigmoid(), inputs: ["a"]),
          Node("b", Divide(), inputs: ["a", "one"]),
          Node("y", Convolution(outputChannels: 8, window: SlidingWindow(3)), inputs: ["b"]),
        ]
      )
      model = try TestNetworks.weighted(model)
      try Self.expectAgreement(model, ["x": TestNetworks.input([1, 3, 6, 6])], set, "\(channels)")
    }
  }

  @Test("networks with branches agree", arguments: InstructionSet.available)
  func networks(_ set: InstructionSet) throws {
    let fire = try TestNetworks.fire()
    try Self.expectAgreement(fire, ["data": TestNetworks.input([1, 3, 63, 63])], set, "fire")
    let dense = try TestNetworks.dense()
    try Self.expectAgreement(dense, ["x": TestNetworks.input([2, 16, 9, 11])], set, "dense")
  }

  @Test("results do not depend on the number of threads")
  func threads() throws {
    let model = try TestNetworks.fire()
    let x = ["data": TestNetworks.input([1, 3, 63, 63])]
    let results = try [1, 2, 3].map { count in
      try CompiledModel(
        model,
        shapes: x.mapValues(\.shape),
        threadCount: count,
        precision: .bfloat16
      ).run(x)["prob"]
    }
    for result in results {
      #expect(result.map { results[0]?.isBitIdentical(to: $0) ?? false } == true)
    }
  }
}
