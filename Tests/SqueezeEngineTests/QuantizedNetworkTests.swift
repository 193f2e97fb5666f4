import SqueezeEngine
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

/// Patterns of several layers between grids.
@Suite struct QuantizedNetworkTests {
  private static let grid = QuantizedCase.unsigned
  private static let wide = QuantizedCase.wide

  /// Two convolutions of one input, each on a grid of its own, then what joins them.
  private static func joined(
    _ join: any Operator,
    _ grids: [QuantizationGrid],
    outputs: [String] = ["y"],
    activation: (any Operator)? = nil
  ) throws -> Model {
    let window = SlidingWindow(3, padding: 1)
    var model = Model(inputs: [ModelInput("x", [1, 16, 9, 7])], outputs: outputs, nodes: [])
    func pair(_ name: String, _ source: String, _ grid: QuantizationGrid) {
      model.nodes.append(Node("\(name)q", QuantizeLinear(grid), inputs: [source]))
      model.nodes.append(Node("\(name)d", DequantizeLinear(grid), inputs: ["\(name)q"]))
    }
    pair("x", "x", grid)
    model.nodes.append(
      Node("a", Convolution(outputChannels: 32, window: SlidingWindow(1)), inputs: ["xd"])
    )
    pair("a", "a", grids[0])
    model.nodes.append(Node("b", Convolution(outputChannels: 32, window: window), inputs: ["xd"]))
    pair("b", "b", grids[1])
    model.nodes.append(Node("join", join, inputs: ["ad", "bd"]))
    if let activation { model.nodes.append(Node("act", activation, inputs: ["join"])) }
    pair("j", activation == nil ? "join" : "act", wide)
    model.nodes.append(Node("y", MaxPool(window: SlidingWindow(2, stride: 2)), inputs: ["jd"]))
    for node in model.nodes where node.op is Convolution {
      try model.addIntegerWeights(node.name, node.op, [TensorSpec([1, 16, 9, 7])])
    }
    return model
  }

  /// The largest difference from the reference in steps of the last grid.
  private static func steps(_ model: Model, _ set: InstructionSet) throws -> Float {
    let x = TestNetworks.input([1, 16, 9, 7])
    let expected = try ReferenceRuntime().run(model, inputs: ["x": x])
    let actual = try CompiledModel(model, instructionSet: set).run(["x": x])
    let pairs = zip(actual["y"]?.scalars ?? [], expected["y"]?.scalars ?? [])
    return pairs.map { abs($0 - $1) / wide.scales[0] }.max() ?? .infinity
  }

  @Test("a sum is added by the later convolution", arguments: InstructionSet.available)
  func sum(_ set: InstructionSet) throws {
    let model = try Self.joined(Add(), [Self.wide, QuantizedCase.signed], activation: ReLU())
    #expect(try Self.steps(model, set) <= 1.01)
    let kernels = try CompiledModel(model, instructionSet: set).steps.map(\.kernel)
    #expect(!kernels.contains("IntegerAdd") && kernels.contains("IntegerConvolution"))
  }

  @Test("a summand that is an output too is still made")
  func sharedSummand() throws {
    let grids = [QuantizedCase.signed, Self.wide]
    let model = try Self.joined(Add(), grids, outputs: ["y", "bq", "aq"])
    let kernels = try CompiledModel(model).steps.map(\.kernel)
    #expect(kernels.contains("IntegerAdd"))
    #expect(try Self.steps(model, .widest) <= 1.01)
  }

  @Test("convolutions write into a concatenation on its grid", arguments: InstructionSet.available)
  func concatenation(_ set: InstructionSet) throws {
    let model = try Self.joined(Concatenate(axis: 1), [Self.grid, Self.wide])
    #expect(try Self.steps(model, set) <= 1.01)
  }

  @Test("a finer concatenation is not forced on what is coarser")
  func finerConcatenation() throws {
    let coarse = QuantizationGrid(scale: 9 / 255, zeroPoint: 90)
    let model = try Self.joined(Concatenate(axis: 1), [coarse, Self.grid])
    for set in InstructionSet.available { #expect(try Self.steps(model, set) <= 1.01) }
  }

  @Test("integers may be read on another grid than they were made on")
  func reinterpreted() throws {
    for join in [Add() as any Operator, Concatenate(axis: 1)] {
      var model = try Self.joined(join, [Self.grid, Self.grid])
      for position in model.nodes.indices where ["ad", "bd"].contains(model.nodes[position].name) {
        model.nodes[position].op = DequantizeLinear(
          QuantizationGrid(
            scale: 1.7 / 255,
            zeroPoint: model.nodes[position].name == "ad" ? 90 : 140
          )
        )
      }
      for set in InstructionSet.available { #expect(try Self.steps(model, set) <= 1.01) }
    }
  }

  @Test("steps name what they stand for")
  func names() throws {
    let model = try Self.joined(Add(), [Self.wide, Self.wide], activation: ReLU())
    let steps = try CompiledModel(model).steps
    #expect(steps.contains { $0.nodes == ["b", "bq", "join", "act", "jq"] }, "\(steps)")
    #expect(steps.contains { $0.operatorName == "QuantizedConvolution" })
  }
}
