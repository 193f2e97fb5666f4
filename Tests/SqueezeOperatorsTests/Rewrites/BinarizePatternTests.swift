import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct BinarizePatternTests {
  private func choice(
    _ relation: Comparison.Relation = .greaterOrEqual,
    low: Float = -1
  ) throws -> Model {
    func constant(_ name: String) -> Node { Node(name, Constant(TensorSpec([])), inputs: []) }
    var model = try seededModel(
      images(3, 2),
      [
        constant("zero"), constant("one"), constant("low"),
        Node("condition", Comparison(relation), inputs: ["x", "zero"]),
        Node("choice", Where(), inputs: ["condition", "one", "low"]),
        Node("y", ReLU(), inputs: ["choice"]),
      ],
      outputs: ["y"]
    )
    for (name, value) in [("zero", 0), ("one", 1), ("low", low)] as [(String, Float)] {
      model.parameters[Model.key(name, "value")] = Dense(Tensor([], [value]))
    }
    return model
  }

  @Test func isRecognized() throws {
    let model = try choice()
    let rewritten = try BinarizePattern().apply(to: model)
    #expect(rewritten.nodes.map(\.name) == ["choice", "y"])
    #expect(rewritten.nodes[0].op is Binarize)
    try expectSameFunction(model, rewritten, openSize: 3)
  }

  @Test func otherChoicesStay() throws {
    for model in [try choice(.greater), try choice(low: -2)] {
      #expect(try BinarizePattern().apply(to: model).nodes == model.nodes)
    }
  }

  @Test func aConditionThatOthersUseIsNotTouched() throws {
    var model = try choice()
    model.outputs.append("condition")
    #expect(try BinarizePattern().apply(to: model).nodes == model.nodes)
  }
}
