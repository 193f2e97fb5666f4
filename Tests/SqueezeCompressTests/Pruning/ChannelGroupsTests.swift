import SqueezeCompress
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct ChannelGroupsTests {
  private typealias Graph = PruningNetworks

  private static func conv(_ channels: Int, _ kernel: Int = 1, groups: Int = 1) -> Convolution {
    Convolution(
      outputChannels: channels,
      window: SlidingWindow(kernel, padding: kernel / 2),
      groups: groups
    )
  }

  private static func model(_ outputs: [String], _ nodes: [Node], channels: Int = 4) throws -> Model
  {
    try Graph.filled(
      Model(inputs: [ModelInput("x", [1, channels, 4, 4])], outputs: outputs, nodes: nodes),
      seed: 4
    )
  }

  /// Checks that every set of a model can be removed by itself without a trace.
  private static func checkEverySet(_ model: Model, _ groups: ChannelGroups) throws {
    let inputs = Silencing.inputs(model, seed: 8)
    for group in groups.groups {
      for set in group.sets {
        let small = try groups.removing([set], from: model)
        let silenced = try Silencing.readers(model, Silencing.channels([set], groups))
        let expected = try ReferenceRuntime().run(silenced, inputs: inputs)
        #expect(try ReferenceRuntime().run(small, inputs: inputs) == expected)
      }
    }
  }

  @Test("A residual addition ties the channels it adds")
  func residual() throws {
    let model = try Self.model(
      ["out"],
      [
        Node("a", Self.conv(6), inputs: ["x"]), Node("b", Self.conv(5, 3), inputs: ["a"]),
        Node("c", Self.conv(6), inputs: ["b"]), Node("sum", Add(), inputs: ["a", "c"]),
        Node("relu", ReLU(), inputs: ["sum"]), Node("out", Self.conv(2), inputs: ["relu"]),
      ]
    )
    let groups = try ChannelGroups(of: model)
    #expect(groups.groups.map(\.producers) == [["a", "c"], ["b"], ["out"]])
    #expect(groups.groups.map(\.sets.count) == [6, 5, 0])
    #expect(groups.groups[0].consumers == ["b", "out"])
    #expect(groups.groups[2].refusal == "an output of the model")
    let set = try #require(groups.group(producedBy: "c")?.sets[2])
    #expect(groups.channels(of: set) == ["a": [2], "c": [2], "sum": [2], "relu": [2]])
    try Self.checkEverySet(model, groups)
  }

  @Test("Concatenation, split and a split's sizes follow")
  func concatenationAndSplit() throws {
    let model = try Self.model(
      ["out"],
      [
        Node("a", Self.conv(3), inputs: ["x"]), Node("b", Self.conv(5), inputs: ["x"]),
        Node("all", Concatenate(axis: 1), inputs: ["a", "b"]),
        Node("norm", BatchNormalization(), inputs: ["all"]),
        Node("parts", Split(axis: 1, parts: .equal(2)), inputs: ["norm"], outputs: ["p", "q"]),
        Node("c", Self.conv(2), inputs: ["p"]), Node("d", Self.conv(2), inputs: ["q"]),
        Node("out", Add(), inputs: ["c", "d"]),
      ]
    )
    let groups = try ChannelGroups(of: model)
    #expect(groups.groups.map(\.producers) == [["a"], ["b"], ["c", "d"]])
    let set = try #require(groups.group(producedBy: "b")?.sets[0])
    #expect(groups.channels(of: set) == ["b": [0], "all": [3], "norm": [3], "p": [3]])
    try Self.checkEverySet(model, groups)
    let small = try groups.removing([set], from: model)
    #expect((small.nodes[4].op as? Split)?.parts == .sizes([3, 4]))
    #expect(small.parameters["norm.variance"]?.shape == [7])
    // A split that stays even stays as it was written.
    let other = try #require(groups.group(producedBy: "b")?.sets[4])
    let even = try groups.removing([set, other], from: model)
    #expect((even.nodes[4].op as? Split)?.parts == .equal(2))
  }

  @Test("A depthwise convolution goes with its input, and takes all it makes of a channel along")
  func depthwise() throws {
    let model = try Self.model(
      ["out"],
      [
        Node("a", Self.conv(6), inputs: ["x"]),
        Node("deep", Self.conv(12, 3, groups: 6), inputs: ["a"]),
        Node(
          "up",
          TransposedConvolution(
            outputChannels: 12,
            window: SlidingWindow(2, stride: 2),
            groups: 12
          ),
          inputs: ["deep"]
        ),
        Node("out", Self.conv(2), inputs: ["up"]),
      ]
    )
    let groups = try ChannelGroups(of: model)
    #expect(groups.groups.map(\.producers) == [["a"], ["out"]])
    let set = groups.groups[0].sets[1]
    #expect(groups.channels(of: set) == ["a": [1], "deep": [2, 3], "up": [2, 3]])
    try Self.checkEverySet(model, groups)
    let small = try groups.removing([set], from: model)
    #expect((small.nodes[1].op as? Convolution)?.groups == 5)
    #expect((small.nodes[2].op as? TransposedConvolution)?.groups == 10)
  }

  @Test("Flattened channels take their features along, and slopes follow")
  func flattening() throws {
    let model = try Self.model(
      ["b"],
      [
        Node("conv", Self.conv(3), inputs: ["x"]),
        Node("slope", PReLU(slopeShape: [3, 1, 1]), inputs: ["conv"]),
        Node("one", PReLU(slopeShape: [1]), inputs: ["slope"]),
        Node("flat", Reshape([0, -1]), inputs: ["one"]),
        Node("norm", BatchNormalization(), inputs: ["flat"]),
        Node("a", FullyConnected(outputFeatures: 7), inputs: ["norm"]),
        Node("b", FullyConnected(outputFeatures: 2), inputs: ["a"]),
      ]
    )
    let groups = try ChannelGroups(of: model)
    #expect(groups.groups.map(\.producers) == [["conv"], ["a"], ["b"]])
    let channels = groups.channels(of: groups.groups[0].sets[1])
    #expect(channels["flat"] == Array(16..<32) && channels["norm"] == Array(16..<32))
    try Self.checkEverySet(model, groups)
    let small = try groups.removing([groups.groups[0].sets[1]], from: model)
    #expect(small.parameters["a.weight"]?.shape == [7, 32])
    #expect(small.parameters["slope.slope"]?.shape == [2, 1, 1])
    #expect(small.parameters["one.slope"]?.shape == [1])
  }

  @Test("A shuffle takes the same channel of every group")
  func shuffle() throws {
    let model = try Self.model(
      ["out"],
      [
        Node("a", Self.conv(6), inputs: ["x"]),
        Node("mixed", ChannelShuffle(groups: 2), inputs: ["a"]),
        Node("out", Self.conv(2), inputs: ["mixed"]),
      ]
    )
    let groups = try ChannelGroups(of: model)
    #expect(groups.groups[0].sets.count == 3)
    #expect(groups.channels(of: groups.groups[0].sets[1]) == ["a": [1, 4], "mixed": [2, 3]])
    try Self.checkEverySet(model, groups)
  }

  @Test("Groups of a convolution stay equally wide, each losing its own least important channels")
  func grouped() throws {
    let model = try Self.model(
      ["out"],
      [
        Node("a", Self.conv(8), inputs: ["x"]), Node("b", Self.conv(6, groups: 2), inputs: ["a"]),
        Node(
          "up",
          TransposedConvolution(outputChannels: 4, window: SlidingWindow(2, stride: 2), groups: 2),
          inputs: ["b"]
        ),
        Node("out", Self.conv(2), inputs: ["up"]),
      ]
    )
    let groups = try ChannelGroups(of: model)
    #expect(groups.groups.map(\.isBalanced) == [true, true, true, false])
    #expect(groups.groups.map(\.sets.count) == [8, 6, 4, 0])
    #expect(throws: PruningError.self) {
      try groups.removing([groups.groups[0].sets[0]], from: model)
    }
    // Channels 3 and 2 of the first half, 6 and 5 of the second are the least important.
    let importance = ChannelImportance.custom { group, channels in
      guard group.name == "a", let channel = channels["a"]?.first else { return 1 }
      return [4, 3, 2, 1, 8, 6, 5, 7].map { Double($0) }[channel]
    }
    let method = StructuredPruning(.perGroup(["a": 0.5, "b": 1.0 / 3]), importance: importance)
    let (small, report) = try method.prune(model)
    #expect(report.groups[0].removedChannels == ["a": [2, 3, 5, 6]])
    #expect((small.nodes[1].op as? Convolution)?.groups == 2)
    #expect(small.parameters["b.weight"]?.shape == [4, 2, 1, 1])
    let channels = Silencing.channels(try method.sets(of: model, groups), groups)
    let inputs = Silencing.inputs(model, seed: 8)
    let expected = try ReferenceRuntime().run(
      try Silencing.readers(model, channels),
      inputs: inputs
    )
    #expect(try ReferenceRuntime().run(small, inputs: inputs) == expected)
  }

  @Test("Groups that a shuffle deals out unevenly are balanced by bundles")
  func unevenShuffle() throws {
    // 5 channels in each of 2 groups: of the shuffled ten, channels 4 and 5 of one pair lie in different
    // halves, so that pair can never go alone.
    let model = try Self.model(
      ["out"],
      [
        Node("a", Self.conv(10, groups: 2), inputs: ["x"]),
        Node("mixed", ChannelShuffle(groups: 2), inputs: ["a"]),
        Node("b", Self.conv(4, groups: 2), inputs: ["mixed"]),
        Node("out", Self.conv(2), inputs: ["b"]),
      ]
    )
    let groups = try ChannelGroups(of: model)
    #expect(groups.groups[0].sets.count == 5)
    let method = StructuredPruning(.perGroup(["a": 0.8]))
    let (small, report) = try method.prune(model)
    // Pairs 0 and 1 are of the first half, 3 and 4 of the second; 2 is of both and goes alone.
    let removed = try #require(report.groups[0].removedChannels["a"])
    #expect(removed.count == 6 || removed.count == 8)
    let channels = Silencing.channels(try method.sets(of: model, groups), groups)
    let inputs = Silencing.inputs(model, seed: 8)
    let expected = try ReferenceRuntime().run(
      try Silencing.readers(model, channels),
      inputs: inputs
    )
    #expect(try ReferenceRuntime().run(small, inputs: inputs) == expected)
  }

  @Test("A gate of one number for each channel is tied to what it gates")
  func gates() throws {
    let model = try Self.model(
      ["out"],
      [
        Node("a", Self.conv(6), inputs: ["x"]), Node("pool", GlobalAveragePool(), inputs: ["a"]),
        Node("narrow", Self.conv(3), inputs: ["pool"]),
        Node("wide", Self.conv(6), inputs: ["narrow"]),
        Node("gate", Sigmoid(), inputs: ["wide"]),
        Node("gated", Multiply(), inputs: ["a", "gate"]),
        Node("map", Self.conv(1), inputs: ["gated"]),
        Node("spread", Multiply(), inputs: ["gated", "map"]),
        Node("out", Self.conv(2), inputs: ["spread"]),
      ]
    )
    let groups = try ChannelGroups(of: model)
    #expect(groups.groups.map(\.producers) == [["a", "wide"], ["narrow"], ["map"], ["out"]])
    #expect(groups.groups[2].sets.isEmpty)
    #expect(groups.groups[2].refusal?.contains("spread") == true)
    try Self.checkEverySet(model, groups)
  }

  @Test("What an operator needs as a whole stays, with the reason")
  func refuses() throws {
    let model = try Self.model(
      ["prob"],
      [
        Node("a", Self.conv(6), inputs: ["x"]),
        Node("local", LocalResponseNormalization(size: 3), inputs: ["a"]),
        Node("b", Self.conv(6), inputs: ["local"]), Node("c", Self.conv(4), inputs: ["b"]),
        Node("sum", Add(), inputs: ["c", "x"]),
        Node("d", Self.conv(3), inputs: ["sum"]), Node("prob", Softmax(axis: 1), inputs: ["d"]),
      ]
    )
    let groups = try ChannelGroups(of: model)
    let refusals = groups.groups.map(\.refusal)
    #expect(refusals[0] == "LocalResponseNormalization \"local\" needs all channels")
    #expect(refusals[1] == nil && groups.groups[1].sets.count == 6)
    #expect(refusals[2] == "an input of the model")
    #expect(refusals[3] == "Softmax \"prob\" needs all channels")
    try Self.checkEverySet(model, groups)
    let (_, report) = try StructuredPruning(.uniform(0.5)).prune(model)
    #expect(report.groups.map(\.setsAfter) == [6, 3, 4, 3])
    #expect(report.groups.map(\.refusal) == refusals)
  }

  @Test("Over more than two axes a fully connected layer leaves the channels of axis 1")
  func fullyConnectedOverSequences() throws {
    let model = try Self.model(
      ["out"],
      [
        Node("a", Self.conv(6), inputs: ["x"]),
        Node("each", FullyConnected(outputFeatures: 3), inputs: ["a"]),
        Node("out", Self.conv(2), inputs: ["each"]),
      ]
    )
    let groups = try ChannelGroups(of: model)
    #expect(groups.groups.map(\.producers) == [["a"], ["out"]])
    #expect(groups.groups[0].consumers == ["out"])
    try Self.checkEverySet(model, groups)
  }

  @Test("The last channel of a value stays")
  func keepsOne() throws {
    let model = try Self.model(
      ["out"],
      [Node("a", Self.conv(3), inputs: ["x"]), Node("out", Self.conv(2), inputs: ["a"])]
    )
    let groups = try ChannelGroups(of: model)
    #expect(throws: PruningError.self) {
      try groups.removing(groups.groups[0].sets, from: model)
    }
    let (small, _) = try StructuredPruning(.uniform(1), maximumRatio: 1).prune(model)
    #expect((small.nodes[0].op as? Convolution)?.outputChannels == 1)
  }
}
