import SqueezeEngine
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import SqueezeTestSupport
import Testing

/// Convolutions of ±1 with ±1 by counting bits.
@Suite struct BinaryTests {
  private func model(_ input: Shape, _ layers: [Convolution]) throws -> Model {
    var nodes: [Node] = []
    var value = "x"
    for (index, layer) in layers.enumerated() {
      nodes.append(Node("sign\(index)", Binarize(), inputs: [value]))
      nodes.append(Node("layer\(index)", layer, inputs: ["sign\(index)"]))
      value = "layer\(index)"
    }
    nodes.append(Node("relu", ReLU(), inputs: [value]))
    let open: [Dimension] = [.named("N")] + input.dimensions.dropFirst().map { .fixed($0) }
    return try binarized(
      TestNetworks.weighted(
        Model(inputs: [ModelInput("x", open)], outputs: ["relu"], nodes: nodes),
        shapes: ["x": input]
      )
    )
  }

  private func binarized(_ model: Model) -> Model {
    var model = model
    for (key, value) in model.parameters where value.shape.rank == 4 {
      model.parameters[key] = Binary(value.decoded())
    }
    return model
  }

  private func check(
    _ model: Model,
    _ input: Shape,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let inputs = ["x": TestNetworks.input(input)]
    let expected = try ReferenceRuntime().run(model, inputs: inputs)
    for set in InstructionSet.available {
      var first: [String: Tensor]?
      for threads in [1, 2, 3] {
        let compiled = try CompiledModel(
          model,
          shapes: ["x": input],
          threadCount: threads,
          instructionSet: set
        )
        #expect(
          compiled.steps.contains { $0.kernel == "BinaryConvolution" },
          sourceLocation: sourceLocation
        )
        let actual = try compiled.run(inputs)
        for (name, tensor) in actual {
          let reference = try #require(expected[name], sourceLocation: sourceLocation)
          let excess = Tolerance.standard(for: .float32).worstExcess(tensor, expected: reference)
          #expect(excess <= 0, "\(name) on \(set)", sourceLocation: sourceLocation)
        }
        #expect(first.map { $0 == actual } ?? true, "\(threads) threads on \(set)")
        first = first ?? actual
      }
    }
  }

  private static let geometries: [(Shape, Convolution)] = [
    ([1, 64, 14, 14], Convolution(outputChannels: 64, window: SlidingWindow(3, padding: 1))),
    ([2, 7, 5, 6], Convolution(outputChannels: 5, window: SlidingWindow(3, padding: 1))),
    (
      [1, 33, 9, 8],
      Convolution(outputChannels: 40, window: SlidingWindow(3, stride: 2, padding: 1))
    ),
    ([2, 16, 4, 4], Convolution(outputChannels: 17, window: SlidingWindow(1), hasBias: false)),
    (
      [1, 20, 9, 11],
      Convolution(outputChannels: 33, window: SlidingWindow(3, dilation: 2, padding: 2))
    ),
    ([1, 100, 2, 3], Convolution(outputChannels: 31, window: SlidingWindow(5, padding: 3))),
    ([1, 3, 7, 31], Convolution(outputChannels: 16, window: SlidingWindow(2, stride: 3))),
    (
      [1, 48, 6, 6],
      Convolution(
        outputChannels: 18,
        window: SlidingWindow(
          kernelSize: [3, 2],
          stride: [1, 2],
          padding: .explicit(begin: [0, 2], end: [2, 0])
        )
      )
    ),
  ]

  @Test("padded, strided and odd shapes agree with the reference", arguments: geometries)
  func agrees(_ input: Shape, _ layer: Convolution) throws {
    try check(try model(input, [layer]), input)
  }

  @Test("layers follow each other")
  func chain() throws {
    let layer = Convolution(outputChannels: 48, window: SlidingWindow(3, padding: 1))
    try check(try model([2, 40, 7, 9], [layer, layer, layer]), [2, 40, 7, 9])
  }

  @Test("one value serves several layers, and a residual addition is merged")
  func residual() throws {
    let window = SlidingWindow(3, padding: 1)
    let nodes = [
      Node("s", Binarize(), inputs: ["x"]),
      Node("a", Convolution(outputChannels: 24, window: window), inputs: ["s"]),
      Node("b", Convolution(outputChannels: 24, window: SlidingWindow(1)), inputs: ["s"]),
      Node("sum", Add(), inputs: ["b", "a"]), Node("out", ReLU(), inputs: ["sum"]),
    ]
    let input: Shape = [1, 24, 6, 7]
    let model = binarized(
      try TestNetworks.weighted(
        Model(inputs: [ModelInput("x", input)], outputs: ["out"], nodes: nodes)
      )
    )
    try check(model, input)
    let kernels = try CompiledModel(model).steps.map(\.kernel)
    #expect(!kernels.contains { $0.hasPrefix("Vector") })
  }

  @Test("real weights, or a binarized value that others read, are computed as numbers")
  func staysReal() throws {
    let nodes = [
      Node("s", Binarize(), inputs: ["x"]),
      Node("a", Convolution(outputChannels: 8, window: SlidingWindow(3)), inputs: ["s"]),
    ]
    let input: Shape = [1, 16, 6, 7]
    let real = try TestNetworks.weighted(
      Model(inputs: [ModelInput("x", input)], outputs: ["a"], nodes: nodes)
    )
    var shared = binarized(real)
    shared.outputs.append("s")
    for model in [real, shared] {
      #expect(
        try !CompiledModel(model).steps.contains { $0.kernel == "BinaryConvolution" }
      )
      let inputs = ["x": TestNetworks.input(input)]
      let expected = try ReferenceRuntime().run(model, inputs: inputs)
      for (name, tensor) in try CompiledModel(model).run(inputs) {
        let reference = try #require(expected[name])
        #expect(Tolerance.standard(for: .float32).worstExcess(tensor, expected: reference) <= 0)
      }
    }
  }
}
