import SqueezeEngine
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import SqueezeTestSupport
import Testing

/// Kernels beside convolution on sizes that leave tails in tiles, blocks and rows, both for a value in
/// blocks of 16 channels and for one in the order of `Tensor`.
@Suite struct ShapingTests {
  struct Case: Sendable, CustomStringConvertible {
    var op: any Operator
    var inputs: [Shape]
    var description: String { "\(inputs) \(op)" }

    init(_ op: any Operator, _ inputs: Shape...) {
      self.op = op
      self.inputs = inputs
    }
  }

  static let transposedConvolutions: [Case] = [
    Case(
      TransposedConvolution(outputChannels: 24, window: SlidingWindow(2, stride: 2)),
      [2, 37, 5, 9]
    ),
    Case(
      TransposedConvolution(
        outputChannels: 40,
        window: SlidingWindow(3, stride: 2, padding: 1),
        extra: [1, 1]
      ),
      [1, 20, 7, 8]
    ),
    Case(
      TransposedConvolution(outputChannels: 7, window: SlidingWindow(4, stride: 2, padding: 1)),
      [1, 16, 6, 13]
    ),
    Case(
      TransposedConvolution(
        outputChannels: 32,
        window: SlidingWindow(3, stride: 3, dilation: 2, padding: 2),
        groups: 4
      ),
      [1, 16, 5, 6]
    ),
    Case(
      TransposedConvolution(outputChannels: 5, window: SlidingWindow(1, stride: 3)),
      [1, 33, 4, 4]
    ),
    Case(
      TransposedConvolution(
        outputChannels: 18,
        window: SlidingWindow(kernelSize: [5], stride: [4], padding: .sameUpper)
      ),
      [2, 19, 11]
    ),
    Case(
      TransposedConvolution(outputChannels: 33, window: SlidingWindow(3, padding: 1), groups: 33),
      [1, 33, 5, 5]
    ),
  ]

  static let rearrangements: [Case] = [
    Case(ChannelShuffle(groups: 2), [1, 58, 5, 7]),
    Case(ChannelShuffle(groups: 5), [2, 80, 3, 3]),
    Case(Slice(axes: [1], starts: [16], ends: [40]), [1, 48, 3, 5]),
    Case(
      Slice(axes: [1, 2, 3], starts: [3, 1, -1], ends: [100, -1, -100], steps: [2, 2, -1]),
      [2, 50, 6, 7]
    ),
    Case(Split(axis: 1, parts: .sizes([29, 29])), [1, 58, 4, 4]),
    Case(Split(axis: 2, parts: .equal(2)), [1, 20, 4, 5]),
    Case(Pad(begin: [0, 0, 1, 2], end: [0, 0, 3, 0], value: -1.5), [1, 20, 4, 5]),
    Case(Pad(begin: [0, 3, 0, 1], end: [0, 18, 1, 0], mode: .constant, value: 2), [1, 20, 4, 5]),
    Case(Pad(begin: [0, 0, 2, 3], end: [0, 0, 1, 2], mode: .reflect), [1, 33, 4, 5]),
    Case(
      Resize(.scales([1, 1, 2, 2]), interpolation: .nearest(.floor), coordinates: .asymmetric),
      [1, 20, 5, 3]
    ),
    Case(Resize(.sizes([0, 0, 3, 11])), [1, 20, 5, 7]),
    Case(Resize(.scales([1, 1, 2, 2]), interpolation: .linear), [2, 20, 5, 3]),
    Case(
      Resize(.sizes([0, 0, 9, 4]), interpolation: .linear, coordinates: .alignCorners),
      [1, 17, 4, 7]
    ),
    Case(Resize(.sizes([0, 0, 9]), interpolation: .linear), [1, 17, 4]),
    Case(Tile([1, 2, 1, 3]), [1, 20, 2, 3]),
    Case(DepthToSpace(blockSize: 2), [1, 76, 3, 5]),
    Case(DepthToSpace(blockSize: 3, order: .columnFirst), [2, 27, 2, 3]),
    Case(SpaceToDepth(blockSize: 2), [1, 19, 6, 8]),
    Case(Transpose([0, 2, 3, 1]), [1, 37, 9, 21]),
    Case(Transpose([0, 3, 1, 2]), [2, 9, 21, 35]),
    Case(Transpose([2, 0, 1, 3]), [3, 17, 5, 19]),
    Case(Transpose([1, 0]), [100, 33]),
    Case(Concatenate(axis: 1), [1, 24, 5, 3], [1, 17, 5, 3], [1, 3, 5, 3]),
    Case(Concatenate(axis: 1), [2, 58, 4, 4], [2, 58, 4, 4]),
  ]

  static let reductions: [Case] =
    Reduce.Kind.allCases.flatMap { kind in
      [
        Case(Reduce(kind, axes: [2, 3], keepsAxes: false), [2, 19, 5, 7]),
        Case(Reduce(kind, axes: [1]), [1, 21, 3, 9]),
        Case(Reduce(kind, axes: [-1]), [3, 5, 33]),
      ]
    } + [
      Case(Softmax(axis: 1), [1, 21, 5, 9]), Case(Softmax(axis: 1), [2, 2, 7, 7]),
      Case(Softmax(axis: -1), [3, 5, 35]), Case(Softmax(axis: 2), [1, 4, 9, 19]),
      Case(LogSoftmax(axis: 1), [1, 33, 5, 3]), Case(LogSoftmax(axis: -1), [7, 100]),
      Case(ArgReduce(.maximum, axis: 1), [1, 21, 9, 31]),
      Case(ArgReduce(.minimum, axis: -1, keepsAxis: false), [5, 37]),
      Case(MatrixProduct(), [3, 70, 33], [3, 33, 45]),
      Case(MatrixProduct(), [2, 1, 19, 40], [3, 40, 64]),
      Case(MatrixProduct(), [1, 100], [100, 10]),
      Case(LocalResponseNormalization(size: 5), [2, 37, 4, 5]),
      Case(LocalResponseNormalization(size: 8, alpha: 0.5, beta: 0.6, bias: 2), [1, 50, 3, 3]),
      Case(InstanceNormalization(), [2, 19, 9, 11]),
      Case(LayerNormalization(), [2, 7, 100]),
      Case(LayerNormalization(axis: 1, hasBias: false), [2, 7, 9]),
    ]

  static let pools: [Case] =
    [(2, 2, 0), (3, 2, 1), (3, 2, 0), (3, 1, 1), (5, 1, 2), (4, 3, 1)]
    .flatMap { kernel, stride, padding in
      let up = SlidingWindow(kernel, stride: stride, padding: padding, rounding: .up)
      let down = SlidingWindow(kernel, stride: stride, padding: padding)
      return [
        Case(MaxPool(window: up), [1, 20, 13, 18]), Case(MaxPool(window: down), [2, 16, 7, 5]),
        Case(AveragePool(window: up), [1, 20, 13, 18]),
        Case(AveragePool(window: down), [2, 16, 7, 5]),
      ]
    } + [
      Case(MaxPool(window: SlidingWindow(3, stride: 2, dilation: 2, padding: 2)), [1, 17, 9, 14])
    ]

  static let elementwise: [Case] = [
    Case(Multiply(), [1, 20, 5, 7], [1, 1, 5, 7]),
    Case(Subtract(), [2, 1, 5, 7], [2, 20, 5, 7]),
    Case(Divide(), [2, 20, 1, 1], [2, 20, 5, 7]),
    Case(Add(), [1, 20, 5, 7], [20, 1, 1]),
    Case(Add(), [3, 40], [40]),
    Case(Maximum(), [1, 20, 5, 1], [3, 1, 1, 7]),
    Case(Subtract(), [1], [2, 20, 5, 7]),
  ]

  static let all =
    transposedConvolutions + rearrangements + reductions + pools + elementwise

  @Test("awkward sizes agree with the reference", arguments: all)
  func agrees(_ test: Case) throws {
    let problem = try Problem(test.op, test.inputs.map { TensorSpec($0) }, seed: 7)
    for set in InstructionSet.available {
      try expectAgreement(problem, FastRuntime(threadCount: 1, instructionSet: set))
      try expectAgreement(problem, FastRuntime(threadCount: 3, instructionSet: set))
    }
  }

  @Test("values in blocks of 16 channels agree with the reference", arguments: all)
  func agreesInBlocks(_ test: Case) throws {
    let model = try Self.inBlocks(test)
    var random = SeededGenerator(seed: 9)
    let inputs = Dictionary(
      uniqueKeysWithValues: model.inputs.map { ($0.name, random.tensor(TensorSpec($0.shape()))) }
    )
    let expected = try ReferenceRuntime().run(model, inputs: inputs)
    for set in InstructionSet.available {
      let actual = try CompiledModel(model, threadCount: 2, instructionSet: set).run(inputs)
      for (name, tensor) in expected { expect(actual[name], tensor, "\(set) \(test)") }
    }
  }

  /// The case behind pooling of one pixel, which leaves its inputs in blocks, and before another.
  private static func inBlocks(_ test: Case) throws -> Model {
    var nodes: [Node] = []
    var names: [String] = []
    for (index, shape) in test.inputs.enumerated() {
      names.append("p\(index)")
      let window = SlidingWindow(kernelSize: shape.rank == 3 ? [1] : [1, 1])
      let op: any Operator = shape.rank > 2 ? MaxPool(window: window) : LeakyReLU(slope: 0.5)
      nodes.append(Node("p\(index)", op, inputs: ["x\(index)"]))
    }
    let outputs = try test.op.outputs(for: test.inputs.map { TensorSpec($0) })
    let results = outputs.indices.map { "y\($0)" }
    nodes.append(Node("node", test.op, inputs: names, outputs: results))
    return try TestNetworks.weighted(
      Model(
        inputs: test.inputs.enumerated().map { ModelInput("x\($0)", $1) },
        outputs: results,
        nodes: nodes
      )
    )
  }

  @Test("element-wise operators that follow each other become one pass")
  func chains() throws {
    let model = Model(
      inputs: [ModelInput("x", [2, 20, 9, 40]), ModelInput("g", [2, 20, 1, 1])],
      outputs: ["y"],
      nodes: [
        Node("p", MaxPool(window: SlidingWindow(3, padding: 1)), inputs: ["x"]),
        Node("s", Sigmoid(), inputs: ["p"]),
        Node("m", Multiply(), inputs: ["p", "s"]),
        Node("n", Multiply(), inputs: ["g", "m"]),
        Node("a", Add(), inputs: ["n", "p"]),
        Node("e", Unary(.squareRoot), inputs: ["t"]),
        Node("t", Unary(.absolute), inputs: ["a"]),
        Node("y", Subtract(), inputs: ["e", "n2"]),
        Node("n2", HardSwish(), inputs: ["q"]),
        Node("q", AveragePool(window: SlidingWindow(3, padding: 1)), inputs: ["x"]),
      ].sorted { Self.order[$0.name, default: 0] < Self.order[$1.name, default: 0] }
    )
    var random = SeededGenerator(seed: 4)
    let inputs = [
      "x": random.tensor(TensorSpec([2, 20, 9, 40])),
      "g": random.tensor(TensorSpec([2, 20, 1, 1])),
    ]
    let expected = try #require(try ReferenceRuntime().run(model, inputs: inputs)["y"])
    for set in InstructionSet.available {
      for threads in [1, 2] {
        let compiled = try CompiledModel(model, threadCount: threads, instructionSet: set)
        expect(try compiled.run(inputs)["y"], expected, "chain")
        let passes = compiled.steps.filter { $0.kernel == "ElementwiseChain" }
        #expect(passes.map(\.nodes) == [["s", "m", "n", "a", "t", "e", "n2", "y"]])
      }
    }
  }

  private static let order = [
    "p": 0, "q": 1, "s": 2, "m": 3, "n": 4, "a": 5, "t": 6, "e": 7, "n2": 8, "y": 9,
  ]

  @Test("a value used outside a pass is written")
  func chainsWithOutsideUse() throws {
    let model = Model(
      inputs: [ModelInput("x", [1, 5, 8])],
      outputs: ["s", "y"],
      nodes: [
        Node("s", Sigmoid(), inputs: ["x"]),
        Node("t", Tanh(), inputs: ["s"]),
        Node("y", Multiply(), inputs: ["t", "t"]),
      ]
    )
    let inputs = ["x": TestNetworks.input([1, 5, 8])]
    let expected = try ReferenceRuntime().run(model, inputs: inputs)
    let actual = try CompiledModel(model).run(inputs)
    for (name, tensor) in expected { expect(actual[name], tensor, name) }
  }
}
