import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct ConstantFoldingTests {
  @Test func computesChainsOfConstants() throws {
    let model = try seededModel(
      images(4, 2),
      [
        Node("c", Constant(TensorSpec([2, 2])), inputs: []),
        Node("flat", Reshape([4, 1, 1]), inputs: ["c"]),
        Node("twice", Add(), inputs: ["flat", "flat"]),
        Node("y", Add(), inputs: ["x", "twice"]),
      ],
      outputs: ["y"]
    )
    let folded = try ConstantFolding().apply(to: model)
    #expect(folded.nodes.map(\.name) == ["twice", "y"])
    #expect(folded.parameters.keys.sorted() == ["twice.value"])
    try expectSameFunction(model, folded)
  }

  @Test func severalOutputsBecomeSeveralConstants() throws {
    let model = try seededModel(
      [ModelInput("x", [3])],
      [
        Node("c", Constant(TensorSpec([6])), inputs: []),
        Node("parts", Split(axis: 0, parts: .equal(2)), inputs: ["c"], outputs: ["a", "b"]),
        Node("sum", Add(), inputs: ["x", "a"]),
        Node("y", Add(), inputs: ["sum", "b"]),
      ],
      outputs: ["y", "b"]
    )
    let folded = try ConstantFolding().apply(to: model)
    #expect(folded.nodes.map { type(of: $0.op).name } == ["Constant", "Constant", "Add", "Add"])
    try expectSameFunction(model, folded)
  }

  @Test func largeExpansionsAndIntegerWeightsStayAsTheyAre() throws {
    let integers = UniformInteger(
      shape: [100, 100],
      integers: [Int32](repeating: 3, count: 10_000),
      scales: [0.5],
      zeroPoints: [0]
    )
    let model = try seededModel(
      [ModelInput("x", [100, 100])],
      [
        Node("w", Constant(TensorSpec([100, 100])), inputs: []),
        Node("t", Transpose([1, 0]), inputs: ["w"]),
        Node("s", Constant(TensorSpec([1])), inputs: []),
        Node("e", Expand([100, 100]), inputs: ["s"]),
        Node("a", Add(), inputs: ["x", "t"]),
        Node("y", Add(), inputs: ["a", "e"]),
      ],
      outputs: ["y"],
      parameters: ["w.value": integers]
    )
    #expect(try ConstantFolding().apply(to: model).nodes == model.nodes)
  }

  @Test func whatCannotRunStays() throws {
    let model = Model(
      inputs: [],
      outputs: ["y"],
      nodes: [
        Node("c", Constant(TensorSpec([2])), inputs: []),
        Node("i", Constant(TensorSpec([1], .int64)), inputs: []),
        Node("y", Gather(), inputs: ["c", "i"]),
      ],
      parameters: ["c.value": Dense(ramp([2])), "i.value": IntegerConstant(list(9))]
    )
    #expect(try ConstantFolding().apply(to: model).nodes == model.nodes)
  }
}
