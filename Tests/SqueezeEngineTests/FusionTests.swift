import SqueezeEngine
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import SqueezeTestSupport
import Testing

/// What the compiler merges, leaves out or moves computes what the graph says, on every instruction
/// set, for one and several images and threads.
@Suite struct FusionTests {
  /// Runs a model with everything the compiler does to it and compares it with the reference.
  private func check(
    _ model: Model,
    _ input: Shape,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let inputs = ["x": TestNetworks.input(input)]
    let expected = try ReferenceRuntime().run(model, inputs: inputs)
    for set in InstructionSet.available {
      for threads in [1, 3] {
        let compiled = try CompiledModel(
          model,
          shapes: ["x": input],
          threadCount: threads,
          instructionSet: set
        )
        for (name, tensor) in try compiled.run(inputs) {
          let reference = try #require(expected[name], sourceLocation: sourceLocation)
          #expect(tensor.spec == reference.spec, sourceLocation: sourceLocation)
          let largest = reference.reals.reduce(1e-3) { max($0, abs($1)) }
          let worst = zip(tensor.reals, reference.reals).reduce(0) { max($0, abs($1.0 - $1.1)) }
          #expect(
            worst <= 2e-5 * largest,
            "\(name) on \(set), \(threads) threads",
            sourceLocation: sourceLocation
          )
        }
      }
    }
  }

  private func kernels(_ model: Model, _ input: Shape) throws -> [String] {
    try CompiledModel(model, shapes: ["x": input]).steps.map(\.kernel)
  }

  private func model(_ nodes: [Node], outputs: [String], input: Shape) throws -> Model {
    let open: [Dimension] = [.named("N")] + input.dimensions.dropFirst().map { .fixed($0) }
    return try TestNetworks.weighted(
      Model(inputs: [ModelInput("x", open)], outputs: outputs, nodes: nodes),
      shapes: ["x": input]
    )
  }

  private func convolution(_ channels: Int, _ kernel: Int, stride: Int = 1) -> Convolution {
    let window = SlidingWindow(kernel, stride: stride, padding: kernel / 2)
    return Convolution(outputChannels: channels, window: window)
  }

  // MARK: Residuals

  @Test("an addition is merged into the later of the layers before it", arguments: [1, 3])
  func residual(_ kernel: Int) throws {
    let input: Shape = [2, 20, 9, 13]
    let model = try model(
      [
        Node("a", convolution(40, 1), inputs: ["x"]),
        Node("b", convolution(40, kernel), inputs: ["a"]),
        Node("left", Add(), inputs: ["b", "a"]),
        Node("relu", ReLU(), inputs: ["left"]),
        Node("c", convolution(40, kernel), inputs: ["relu"]),
        Node("right", Add(), inputs: ["relu", "c"]),
        Node("clip", Clip(lower: -1, upper: 1.5), inputs: ["right"]),
      ],
      outputs: ["clip"],
      input: input
    )
    try check(model, input)
    #expect(try !kernels(model, input).contains { $0.hasPrefix("VectorBinary") })
  }

  @Test("an addition stays where its inputs are used elsewhere, clipped before or of other shapes")
  func noResidual() throws {
    let input: Shape = [1, 17, 6, 5]
    let model = try model(
      [
        Node("a", convolution(17, 1), inputs: ["x"]),
        Node("b", convolution(17, 3), inputs: ["a"]),
        Node("sum", Add(), inputs: ["b", "a"]),
        Node("c", convolution(17, 3), inputs: ["sum"]),
        Node("cr", ReLU(), inputs: ["c"]),
        Node("after", Add(), inputs: ["cr", "sum"]),
        Node("mean", GlobalAveragePool(), inputs: ["after"]),
        Node("d", convolution(17, 1), inputs: ["mean"]),
        Node("wide", Add(), inputs: ["after", "d"]),
        Node("twice", Add(), inputs: ["d", "d"]),
      ],
      outputs: ["wide", "b", "twice"],
      input: input
    )
    try check(model, input)
  }

  // MARK: Normalization before convolution

  @Test("batch normalization and activation before a pointwise layer are merged into it")
  func prologue() throws {
    let input: Shape = [2, 37, 11, 6]
    let model = try model(
      [
        Node("n", BatchNormalization(), inputs: ["x"]), Node("r", ReLU(), inputs: ["n"]),
        Node("a", convolution(50, 1), inputs: ["r"]),
        Node("m", BatchNormalization(), inputs: ["a"]), Node("k", Clip.relu6, inputs: ["m"]),
        Node("b", convolution(18, 3), inputs: ["k"]),
        Node("c", Concatenate(axis: 1), inputs: ["x", "b"]),
        Node("o", BatchNormalization(), inputs: ["c"]),
        Node("p", PReLU(slopeShape: [55, 1, 1]), inputs: ["o"]),
        Node("d", convolution(33, 1), inputs: ["o"]),
        Node("e", convolution(33, 1), inputs: ["p"]),
        Node("s", Add(), inputs: ["d", "e"]),
      ],
      outputs: ["s"],
      input: input
    )
    try check(model, input)
    #expect(try kernels(model, input).contains("PrologueConvolution"))
  }

  // MARK: Channels without copies

  @Test("concatenation, shuffle and split of odd channels copy nothing before pointwise layers")
  func shuffledUnits() throws {
    let input: Shape = [2, 24, 7, 9]
    var nodes = [
      Node("l0", convolution(29, 1), inputs: ["x"]),
      Node("r0", convolution(29, 1), inputs: ["x"]),
    ]
    for unit in 0..<3 {
      let next = unit + 1
      nodes += [
        Node("cat\(unit)", Concatenate(axis: 1), inputs: ["l\(unit)", "r\(unit)"]),
        Node("mix\(unit)", ChannelShuffle(groups: 2), inputs: ["cat\(unit)"]),
        Node(
          "cut\(unit)",
          Split(axis: 1, parts: .equal(2)),
          inputs: ["mix\(unit)"],
          outputs: ["l\(next)", "h\(unit)"]
        ),
        Node("p\(unit)", convolution(29, 1), inputs: ["h\(unit)"]),
        Node("d\(unit)", depthwise(29, stride: 1), inputs: ["p\(unit)"]),
        Node("r\(next)", convolution(29, 1), inputs: ["d\(unit)"]),
      ]
    }
    nodes += [
      Node("cat", Concatenate(axis: 1), inputs: ["l3", "r3"]),
      Node("end", convolution(19, 1), inputs: ["cat"]),
    ]
    let model = try model(nodes, outputs: ["end"], input: input)
    try check(model, input)
    #expect(try !kernels(model, input).contains { $0.contains("Gather") || $0.contains("Concat") })
  }

  @Test("channels that lie anywhere are gathered for layers that need blocks, and for outputs")
  func gathered() throws {
    let input: Shape = [2, 21, 8, 6]
    let model = try model(
      [
        Node("a", convolution(23, 3), inputs: ["x"]), Node("b", convolution(10, 1), inputs: ["x"]),
        Node("c", Concatenate(axis: 1), inputs: ["a", "b", "a"]),
        Node("s", Slice(axes: [1], starts: [5], ends: [50], steps: [3]), inputs: ["c"]),
        Node("m", MaxPool(window: SlidingWindow(2, stride: 2)), inputs: ["c"]),
        Node("w", convolution(20, 3), inputs: ["c"]),
        Node("d", depthwise(56, stride: 2), inputs: ["c"]),
        Node(
          "g",
          Convolution(outputChannels: 28, window: SlidingWindow(1), groups: 7),
          inputs: ["c"]
        ),
        Node("r", ReLU(), inputs: ["s"]),
      ],
      outputs: ["m", "w", "d", "g", "r", "s", "c"],
      input: input
    )
    try check(model, input)
  }

  @Test("pieces of whole blocks lie inside what they are cut from")
  func slices() throws {
    let input: Shape = [2, 16, 5, 5]
    let model = try model(
      [
        Node("a", convolution(64, 1), inputs: ["x"]),
        Node(
          "cut",
          Split(axis: 1, parts: .sizes([16, 32, 16])),
          inputs: ["a"],
          outputs: ["p", "q", "r"]
        ),
        Node("b", convolution(32, 3), inputs: ["q"]),
        Node("s", Add(), inputs: ["b", "q"]),
        Node("c", Concatenate(axis: 1), inputs: ["p", "s", "r"]),
        Node("end", convolution(16, 3), inputs: ["c"]),
      ],
      outputs: ["end", "r"],
      input: input
    )
    try check(model, input)
  }

  @Test("a concatenation that grows layer by layer grows in place")
  func growing() throws {
    let input: Shape = [1, 32, 32, 32]
    var nodes = [Node("f0", convolution(32, 1), inputs: ["x"])]
    var parts = ["f0"]
    var all = "f0"
    for layer in 1...6 {
      nodes.append(Node("f\(layer)", convolution(16, 1), inputs: [all]))
      parts.append("f\(layer)")
      all = "c\(layer)"
      nodes.append(Node(all, Concatenate(axis: 1), inputs: parts))
    }
    nodes.append(Node("end", convolution(7, 1), inputs: [all]))
    let model = try model(nodes, outputs: ["end"], input: input)
    try check(model, input)
    let compiled = try CompiledModel(model, shapes: ["x": input])
    // The last concatenation (512 KiB), the input and the end; a copy of the one before it, of 112
    // channels, would add 448 KiB.
    #expect(compiled.arenaByteCount < (512 + 128 + 64 + 96) * 1024)
  }

  // MARK: Rows handed over

  @Test("a first layer hands its rows to the pooling after it", arguments: [0, 1])
  func pooledFirstLayer(_ padding: Int) throws {
    let input: Shape = [2, 3, 45, 38]
    let rounding: SlidingWindow.Rounding = padding == 0 ? .up : .down
    let pool = MaxPool(
      window: SlidingWindow(3, stride: 2, padding: padding, rounding: rounding)
    )
    let model = try model(
      [
        Node("c", convolution(40, 7, stride: 2), inputs: ["x"]), Node("r", ReLU(), inputs: ["c"]),
        Node("p", pool, inputs: ["r"]), Node("k", Clip(lower: 0.1, upper: 0.5), inputs: ["p"]),
      ],
      outputs: ["k"],
      input: input
    )
    try check(model, input)
    #expect(try kernels(model, input).contains("PooledConvolution"))
  }

  @Test("a second pooling stays a step of its own")
  func pooledTwice() throws {
    let input: Shape = [1, 3, 30, 26]
    let pool = MaxPool(window: SlidingWindow(2, stride: 2))
    let model = try model(
      [
        Node("c", convolution(18, 3), inputs: ["x"]), Node("p", pool, inputs: ["c"]),
        Node("q", pool, inputs: ["p"]), Node("d", convolution(18, 3), inputs: ["q"]),
        Node("r", pool, inputs: ["d"]),
      ],
      outputs: ["r"],
      input: input
    )
    try check(model, input)
    #expect(try kernels(model, input).count { $0 == "BlockedMaxPool" } == 2)
  }

  @Test("a wide map goes to its depthwise layer through cache", arguments: [1, 2])
  func handedOver(_ stride: Int) throws {
    let input: Shape = [1, 16, 107, 110]
    let model = try model(
      [
        Node("e", convolution(96, 1), inputs: ["x"]), Node("er", Clip.relu6, inputs: ["e"]),
        Node("d", depthwise(96, stride: stride), inputs: ["er"]),
        Node("dr", Clip.relu6, inputs: ["d"]), Node("p", convolution(24, 1), inputs: ["dr"]),
      ],
      outputs: ["p"],
      input: input
    )
    let inputs = ["x": TestNetworks.input(input)]
    let expected = try #require(try ReferenceRuntime().run(model, inputs: inputs)["p"])
    for threads in [1, 2] {
      let compiled = try CompiledModel(model, shapes: ["x": input], threadCount: threads)
      #expect(compiled.steps.contains { $0.kernel == "HandedDepthwiseConvolution" })
      expect(try compiled.run(inputs)["p"], expected, "handed over, \(threads) threads")
    }
  }

  @Test(
    "blocks that repeat write the zeros around their maps once, and compute the same run after run"
  )
  func sharedPlaces() throws {
    let input: Shape = [1, 24, 13, 15]
    var nodes: [Node] = []
    var last = "x"
    for block in ["a", "b", "c"] {
      nodes += [
        Node("\(block)/wide", convolution(72, 1), inputs: [last]),
        Node("\(block)/filter", depthwise(72, stride: 1), inputs: ["\(block)/wide"]),
        Node("\(block)/narrow", convolution(24, 1), inputs: ["\(block)/filter"]),
        Node("\(block)/sum", Add(), inputs: [last, "\(block)/narrow"]),
      ]
      last = "\(block)/sum"
    }
    let model = try model(nodes, outputs: [last], input: input)
    let compiled = try CompiledModel(model, shapes: ["x": input])
    #expect(compiled.steps.count { $0.kernel == "HaloClearing" } == 1)
    for seed in [3, 4] as [UInt64] {
      let inputs = ["x": TestNetworks.input(input, seed: seed)]
      let expected = try #require(try ReferenceRuntime().run(model, inputs: inputs)[last])
      expect(try compiled.run(inputs)[last], expected, "seed \(seed)")
    }
  }

  private func depthwise(_ channels: Int, stride: Int) -> Convolution {
    let window = SlidingWindow(3, stride: stride, padding: 1)
    return Convolution(outputChannels: channels, window: window, groups: channels)
  }

  // MARK: Winograd

  @Test(
    "3×3 layers agree whatever tiles suit their maps",
    arguments: [(7, 7), (14, 14), (13, 30), (2, 3), (4, 65)]
  )
  func winograd(_ size: (Int, Int)) throws {
    let input: Shape = [2, 33, size.0, size.1]
    let model = try model(
      [
        Node("a", convolution(72, 3), inputs: ["x"]), Node("b", convolution(33, 3), inputs: ["a"]),
        Node("s", Add(), inputs: ["x", "b"]), Node("r", ReLU(), inputs: ["s"]),
      ],
      outputs: ["r"],
      input: input
    )
    try check(model, input)
  }
}
