import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct GradientFlowTests {
  /// Two trained layers with other nodes between them and the output.
  private func model(_ nodes: [Node], outputs: [String], constant: Bool = false) -> Model {
    let layer = FullyConnected(outputFeatures: 2, hasBias: false)
    var model = Model(
      inputs: [ModelInput("x", [3, 2])],
      outputs: outputs,
      nodes: [
        Node("a", layer, inputs: ["x"]), Node("b", layer, inputs: ["x"]),
      ] + nodes,
      parameters: [
        "a.weight": Dense(Tensor([2, 2], [1, 2, 3, 4])),
        "b.weight": Dense(Tensor([2, 2], [4, 3, 2, 1])),
      ]
    )
    if constant { model.parameters["limit.value"] = Dense(Tensor([], [0.5])) }
    return model
  }

  private func flow(_ model: Model, frozen: Set<String> = []) throws -> GradientFlow {
    try model.gradientFlow(model.infer(), frozen: frozen)
  }

  @Test func onlyWhatLeadsFromTrainedParametersToOutputsRunsBackwards() throws {
    let model = model(
      [
        Node("still", ReLU(), inputs: ["x"]), Node("unused", ReLU(), inputs: ["a"]),
        Node("y", Add(), inputs: ["b", "still"]),
      ],
      outputs: ["y"]
    )
    let flow = try flow(model)
    #expect(flow.trained == ["b.weight"])
    #expect(flow.nodes == [4, 1])
    #expect(flow.values == ["y", "b"])
    let frozen = try self.flow(model, frozen: ["b.weight"])
    #expect(frozen == GradientFlow())
  }

  @Test func anOperatorWithoutGradientThatCutsATrainedParameterOffIsNamed() throws {
    let model = model(
      [
        Node("signs", Comparison(.greater), inputs: ["a", "b"]),
        Node("reals", Cast(.float32), inputs: ["signs"]),
      ],
      outputs: ["reals"]
    )
    let error = #expect(throws: ModelError.self) { try flow(model) }
    #expect(error == .notDifferentiable(node: "signs", operatorName: "Comparison"))
    #expect(
      error?.description
        == "node \"signs\": expected an operator with a gradient behind trained parameters, "
        + "got Comparison"
    )
    #expect(try flow(model, frozen: ["a.weight", "b.weight"]).trained.isEmpty)
  }

  @Test func anOperatorWithoutGradientThatGivesRealsIsNamed() throws {
    struct Opaque: Operator {
      static let examples: [Example<Opaque>] = []
      var channelFlow: ChannelFlow { .opaque }
      func outputs(for inputs: [TensorSpec]) throws(ShapeError) -> [TensorSpec] { inputs }
      func forward(
        _ inputs: [Tensor],
        parameters: [Tensor]
      ) throws(ShapeError) -> [Tensor] { inputs }
    }
    let nodes = [Node("dark", Opaque(), inputs: ["a"]), Node("y", Add(), inputs: ["dark", "b"])]
    #expect(throws: ModelError.notDifferentiable(node: "dark", operatorName: "Opaque")) {
      try flow(model(nodes, outputs: ["y"]))
    }
    // Behind frozen parameters, or beside the outputs, it is in nobody's way.
    #expect(try flow(model(nodes, outputs: ["y"]), frozen: ["a.weight"]).trained == ["b.weight"])
    #expect(try flow(model(nodes, outputs: ["a"])).trained == ["a.weight"])
  }

  @Test func conditionsAndTheirConstantsNeedNoGradient() throws {
    let model = model(
      [
        Node("limit", Constant(TensorSpec([])), inputs: []),
        Node("large", Comparison(.greater), inputs: ["a", "limit"]),
        Node("y", Where(), inputs: ["large", "a", "b"]),
        Node("class", ArgReduce(.maximum, axis: 1), inputs: ["y"]),
      ],
      outputs: ["y", "class"],
      constant: true
    )
    #expect(try flow(model).trained == ["a.weight", "b.weight"])
    let program = try ReferenceTrainingRuntime().program(
      model,
      shapes: [:],
      options: TrainingOptions()
    )
    let x = Tensor([3, 2], [1, 0, -1, 0, 0, 2])
    let y = try program.forward(["x": x], seed: 0)
    #expect(y["y"]?.scalars == [1, 3, -4, -2, 4, 8])
    // Where `a` is large its weights get x · dy, elsewhere those of `b`.
    let gradients = try program.backward(["y": Tensor([3, 2], [1, 1, 1, 1, 1, 1])])
    #expect(gradients[0].scalars == [1, 2, 1, 2])
    #expect(gradients[1].scalars == [-1, 0, -1, 0])
  }

  @Test func quantizedValuesPassGradientsStraightThrough() throws {
    let grid = QuantizationGrid(scale: 0.5, type: .int8)
    let model = model(
      [
        Node("q", QuantizeLinear(grid), inputs: ["a"]),
        Node("turned", Transpose([1, 0]), inputs: ["q"]),
        Node("y", DequantizeLinear(grid), inputs: ["turned"]),
      ],
      outputs: ["y"]
    )
    let program = try ReferenceTrainingRuntime().program(
      model,
      shapes: [:],
      options: TrainingOptions()
    )
    #expect(program.trained == ["a.weight"])
    let x = Tensor([3, 2], [1, 0, 0, 1, 100, 0])
    _ = try program.forward(["x": x], seed: 0)
    // The third row gives 100 and 300, beyond the largest 63.5.
    let gradients = try program.backward(["y": Tensor([2, 3], [1, 2, 3, 4, 5, 6])])
    #expect(gradients == [Tensor([2, 2], [1, 2, 4, 5])])
  }
}
