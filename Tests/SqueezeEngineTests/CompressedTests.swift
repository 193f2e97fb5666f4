import SqueezeEngine
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import SqueezeTestSupport
import Testing

/// Layers that run from weights that are mostly zero, or kept as integers or indices.
@Suite struct CompressedTests {
  /// The result on every instruction set and number of threads, compared with the reference.
  private func check(
    _ model: Model,
    _ input: Shape,
    kernel: String,
    from set: InstructionSet = .baseline,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let inputs = ["x": TestNetworks.input(input)]
    let expected = try ReferenceRuntime().run(model, inputs: inputs)
    for other in InstructionSet.available {
      var first: [String: Tensor]?
      for threads in [1, 2, 3] {
        let compiled = try CompiledModel(
          model,
          shapes: ["x": input],
          threadCount: threads,
          instructionSet: other
        )
        let kernels = compiled.steps.map(\.kernel)
        #expect(
          kernels.contains(kernel) == (other >= set),
          "\(kernels) on \(other)",
          sourceLocation: sourceLocation
        )
        let actual = try compiled.run(inputs)
        for (name, tensor) in actual {
          let reference = try #require(expected[name], sourceLocation: sourceLocation)
          let largest = reference.reals.reduce(1e-3) { max($0, abs($1)) }
          let worst = zip(tensor.reals, reference.reals).reduce(0) { max($0, abs($1.0 - $1.1)) }
          #expect(worst <= 2e-5 * largest, "\(name) on \(other)", sourceLocation: sourceLocation)
        }
        #expect(
          first.map { $0 == actual } ?? true,
          "\(threads) threads on \(other)",
          sourceLocation: sourceLocation
        )
        first = first ?? actual
      }
    }
  }

  private func model(_ nodes: [Node], output: String, input: Shape) throws -> Model {
    try TestNetworks.weighted(
      Model(inputs: [ModelInput("x", input)], outputs: [output], nodes: nodes)
    )
  }

  /// A tensor whose elements are kept with a probability.
  private func masked(_ tensor: Tensor, density: Float) -> Masked {
    var random = SeededGenerator(seed: 8)
    return Masked(tensor, mask: tensor.scalars.map { _ in random.uniform(0, 1) < density })
  }

  // MARK: Pointwise layers

  @Test(
    "pointwise layers multiply with what is not zero",
    arguments: [
      ([1, 64, 14, 14], 64), ([2, 33, 9, 13], 50), ([3, 130, 3, 5], 17), ([1, 48, 40, 41], 96),
    ]
  )
  func pointwise(_ input: [Int], _ channels: Int) throws {
    let shape = Shape(input)
    var model = try model(
      [
        Node(
          "a",
          Convolution(outputChannels: channels, window: SlidingWindow(1)),
          inputs: ["x"]
        ), Node("r", ReLU(), inputs: ["a"]),
      ],
      output: "r",
      input: shape
    )
    let weight = try #require(model.parameters["a.weight"]).decoded()
    model.parameters["a.weight"] = masked(weight, density: 0.1)
    try check(model, shape, kernel: "SparsePointwiseConvolution")
  }

  @Test("a residual is added, and a halo for the next layer is left")
  func residual() throws {
    let shape: Shape = [2, 64, 10, 9]
    let wide = Convolution(outputChannels: 64, window: SlidingWindow(3, padding: 1))
    var model = try model(
      [
        Node("b", wide, inputs: ["x"]),
        Node("a", Convolution(outputChannels: 64, window: SlidingWindow(1)), inputs: ["b"]),
        Node("sum", Add(), inputs: ["b", "a"]), Node("r", ReLU(), inputs: ["sum"]),
        Node("c", wide, inputs: ["r"]),
      ],
      output: "c",
      input: shape
    )
    let weight = try #require(model.parameters["a.weight"]).decoded()
    model.parameters["a.weight"] = masked(weight, density: 0.15)
    try check(model, shape, kernel: "SparsePointwiseConvolution")
  }

  @Test("dense weights stay with dense kernels")
  func dense() throws {
    let shape: Shape = [1, 64, 14, 14]
    let model = try model(
      [
        Node("a", Convolution(outputChannels: 64, window: SlidingWindow(1)), inputs: ["x"]),
        Node("f", Flatten(), inputs: ["a"]),
        Node("b", FullyConnected(outputFeatures: 20), inputs: ["f"]),
      ],
      output: "b",
      input: shape
    )
    let kernels = try CompiledModel(model).steps.map(\.kernel)
    #expect(kernels.contains("TiledConvolution"))
    #expect(kernels.contains("RowFullyConnected"))
  }

  // MARK: Fully connected layers

  private func layer(
    _ shape: Shape,
    _ features: Int,
    _ encode: (Tensor) throws -> any ParameterEncoding
  ) throws -> Model {
    var model = try model(
      [
        Node("a", FullyConnected(outputFeatures: features), inputs: ["x"]),
        Node("r", ReLU(), inputs: ["a"]),
      ],
      output: "r",
      input: shape
    )
    let weight = try #require(model.parameters["a.weight"]).decoded()
    model.parameters["a.weight"] = try encode(weight)
    return model
  }

  @Test(
    "fully connected layers of one or two rows multiply with what is not zero",
    arguments: [
      ([1, 300], 100), ([2, 45], 33), ([1, 31], 16), ([1, 784], 300), ([2, 1, 64], 7),
    ]
  )
  func rows(_ input: [Int], _ features: Int) throws {
    let model = try layer(Shape(input), features) { masked($0, density: 0.1) }
    try check(model, Shape(input), kernel: "SparseFullyConnected", from: .v4)
  }

  @Test(
    "fully connected layers of many rows multiply with what is not zero",
    arguments: [([64, 100], 70), ([17, 400], 33), ([2, 20, 90], 50)]
  )
  func batch(_ input: [Int], _ features: Int) throws {
    let model = try layer(Shape(input), features) { masked($0, density: 0.1) }
    try check(model, Shape(input), kernel: "SparseBatchFullyConnected")
  }

  /// Large enough that reading floats takes longer than looking codes up.
  private static let large: [([Int], Int)] = [([1, 1030], 1021), ([2, 1055], 1000)]

  /// Integers of 8 bits, each output on a grid of its own.
  private func bytes(_ weight: Tensor) -> UniformInteger {
    let (outputs, perOutput) = (weight.shape[0], weight.shape.count(from: 1))
    let scales = (0..<outputs).map { 0.001 + Float($0) * 1e-6 }
    return UniformInteger(
      shape: weight.shape,
      integers: weight.scalars.indices.map {
        min(max(Int32((weight.scalars[$0] / scales[$0 / perOutput]).rounded()), -127), 127)
      },
      scales: scales,
      zeroPoints: [Int32](repeating: 0, count: outputs),
      axis: 0
    )
  }

  @Test("integers of 8 bits are read as bytes", arguments: large)
  func byteRows(_ input: [Int], _ features: Int) throws {
    let model = try layer(Shape(input), features, bytes)
    try check(model, Shape(input), kernel: "CodedFullyConnected", from: .v4)
  }

  @Test("integers of 4 bits are read as halves of bytes", arguments: large)
  func nibbles(_ input: [Int], _ features: Int) throws {
    let model = try layer(Shape(input), features) { weight in
      UniformInteger(
        shape: weight.shape,
        integers: weight.scalars.map { min(max(Int32(($0 / 0.01).rounded()) + 8, 0), 15) },
        scales: [0.01],
        zeroPoints: [8],
        bits: 4,
        isSigned: false
      )
    }
    try check(model, Shape(input), kernel: "CodedFullyConnected", from: .v4)
  }

  @Test("signs are read as halves of bytes", arguments: large)
  func signs(_ input: [Int], _ features: Int) throws {
    let model = try layer(Shape(input), features) { Binary($0) }
    try check(model, Shape(input), kernel: "CodedFullyConnected", from: .v4)
  }

  @Test("indices are looked up", arguments: [3, 15])
  func codebook(_ centroids: Int) throws {
    for (input, features) in Self.large {
      let model = try layer(Shape(input), features) { weight in
        MaskedCodebook(
          shape: weight.shape,
          indices: weight.scalars.indices.map { UInt16($0 * 7 % (centroids + 1)) },
          centroids: (0..<centroids).map { Float($0) * 0.01 - 0.05 }
        )
      }
      try check(model, Shape(input), kernel: "CodedFullyConnected", from: .v4)
    }
  }

  @Test("indices into up to 64 numbers are looked up where memory sets the time")
  func wideCodebook() throws {
    let model = try layer([1, 3000], 2500) { weight in
      Codebook(
        shape: weight.shape,
        indices: weight.scalars.indices.map { UInt16($0 * 13 % 61) },
        centroids: (0..<61).map { Float($0) * 0.01 - 0.3 }
      )
    }
    try check(model, [1, 3000], kernel: "CodedFullyConnected", from: .v4)
  }

  // MARK: Convolutions over small maps

  /// A convolution, a residual of the input's shape if wanted, and a ReLU.
  private func convolution(
    _ shape: Shape,
    _ channels: Int,
    _ window: SlidingWindow,
    addsResidual: Bool = false,
    _ encode: (Tensor) throws -> any ParameterEncoding
  ) throws -> Model {
    let op = Convolution(outputChannels: channels, window: window)
    var model = try model(
      [Node("a", op, inputs: ["x"])]
        + (addsResidual ? [Node("sum", Add(), inputs: ["a", "x"])] : [])
        + [Node("r", ReLU(), inputs: [addsResidual ? "sum" : "a"])],
      output: "r",
      input: shape
    )
    let weight = try #require(model.parameters["a.weight"]).decoded()
    model.parameters["a.weight"] = try encode(weight)
    return model
  }

  private func indexed(_ weight: Tensor, _ centroids: Int) -> MaskedCodebook {
    MaskedCodebook(
      shape: weight.shape,
      indices: weight.scalars.indices.map { UInt16($0 * 7 % (centroids + 1)) },
      centroids: (0..<centroids).map { Float($0) * 0.004 - 0.02 }
    )
  }

  /// Odd and even numbers of rows and pixels, images, channels that fill no tile, and windows of all kinds.
  private static let smallMaps: [([Int], Int, SlidingWindow)] = [
    ([1, 128, 4, 4], 128, SlidingWindow(3, padding: 1)),
    ([1, 384, 2, 2], 96, SlidingWindow(3, padding: 1)),
    ([2, 70, 3, 5], 110, SlidingWindow(5, padding: 2)),
    ([1, 90, 15, 9], 200, SlidingWindow(3, stride: 2, padding: 1)),
    ([2, 64, 8, 3], 90, SlidingWindow(5, padding: 2)),
    ([1, 128, 7, 5], 144, SlidingWindow(3, dilation: 2, padding: 2)),
    ([1, 1000, 1, 1], 150, SlidingWindow(1)),
    ([1, 400, 2, 4], 350, SlidingWindow(1)),
  ]

  @Test("indices of 4 bits are looked up on small maps", arguments: smallMaps)
  func codedConvolution(_ input: [Int], _ channels: Int, _ window: SlidingWindow) throws {
    let model = try convolution(Shape(input), channels, window) { indexed($0, 15) }
    try check(model, Shape(input), kernel: "CodedConvolution", from: .v4)
  }

  @Test("indices of 6 bits are looked up on small maps", arguments: smallMaps)
  func wideCodedConvolution(_ input: [Int], _ channels: Int, _ window: SlidingWindow) throws {
    let model = try convolution(Shape(input), channels, window) { weight in
      Codebook(
        shape: weight.shape,
        indices: weight.scalars.indices.map { UInt16($0 * 13 % 61) },
        centroids: (0..<61).map { Float($0) * 0.001 - 0.03 }
      )
    }
    try check(model, Shape(input), kernel: "CodedConvolution", from: .v4)
  }

  @Test("integers are read as bytes on small maps", arguments: smallMaps)
  func byteConvolution(_ input: [Int], _ channels: Int, _ window: SlidingWindow) throws {
    let model = try convolution(Shape(input), channels, window, bytes)
    try check(model, Shape(input), kernel: "CodedConvolution", from: .v4)
  }

  @Test("signs are read as halves of bytes on small maps")
  func signConvolution() throws {
    let window = SlidingWindow(3, padding: 1)
    let model = try convolution([1, 128, 4, 4], 128, window) { Binary($0) }
    try check(model, [1, 128, 4, 4], kernel: "CodedConvolution", from: .v4)
  }

  @Test("a residual is added to what codes give", arguments: [[1, 128, 4, 4], [2, 128, 2, 3]])
  func codedResidual(_ input: [Int]) throws {
    let window = SlidingWindow(3, padding: 1)
    let model = try convolution(Shape(input), 128, window, addsResidual: true) { indexed($0, 15) }
    try check(model, Shape(input), kernel: "CodedConvolution", from: .v4)
  }

  @Test("small layers, wide maps, groups and many images stay with kernels on floats")
  func unsuitableForCodes() throws {
    let window = SlidingWindow(3, stride: 2, padding: 1)
    for (input, channels) in [
      ([1, 64, 8, 8], 64), ([1, 128, 18, 18], 128), ([3, 128, 8, 8], 128),
    ] {
      let model = try convolution(Shape(input), channels, window) { indexed($0, 15) }
      let kernels = try CompiledModel(model).steps.map(\.kernel)
      #expect(!kernels.contains("CodedConvolution"), "\(input)")
    }
  }

  @Test("a codebook keeps its indices when a batch normalization is merged into it")
  func normalizedCodes() throws {
    let input: Shape = [1, 128, 4, 4]
    var model = try model(
      [
        Node(
          "a",
          Convolution(outputChannels: 128, window: SlidingWindow(3, padding: 1), hasBias: false),
          inputs: ["x"]
        ), Node("n", BatchNormalization(), inputs: ["a"]),
        Node("r", ReLU(), inputs: ["n"]), Node("f", Flatten(), inputs: ["r"]),
        Node("b", FullyConnected(outputFeatures: 600, hasBias: false), inputs: ["f"]),
        Node("m", BatchNormalization(), inputs: ["b"]),
      ],
      output: "m",
      input: input
    )
    for name in ["a.weight", "b.weight"] {
      let weight = try #require(model.parameters[name]).decoded()
      model.parameters[name] = indexed(weight, 15)
    }
    // A channel that the normalization switches off has factor 0.
    var factors = try #require(model.parameters["n.scale"]).decoded()
    factors.scalars[5] = 0
    model.parameters["n.scale"] = Dense(factors)
    try check(model, input, kernel: "CodedConvolution", from: .v4)
    try check(model, input, kernel: "CodedFullyConnected", from: .v4)
  }

  // MARK: Winograd

  @Test(
    "small maps of several images share one reading of the weights",
    arguments: [
      ([9, 32, 4, 4], 48), ([64, 16, 4, 4], 16), ([5, 40, 7, 8], 33),
    ]
  )
  func images(_ input: [Int], _ channels: Int) throws {
    let shape = Shape(input)
    let window = SlidingWindow(3, padding: 1)
    let model = try model(
      [
        Node("a", Convolution(outputChannels: input[1], window: window), inputs: ["x"]),
        Node("sum", Add(), inputs: ["x", "a"]),
        Node("b", Convolution(outputChannels: channels, window: window), inputs: ["sum"]),
        Node("r", ReLU(), inputs: ["b"]),
      ],
      output: "r",
      input: shape
    )
    try check(model, shape, kernel: "WinogradConvolution")
  }
}
