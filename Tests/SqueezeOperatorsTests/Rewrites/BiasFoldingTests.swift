import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct BiasFoldingTests {
  private func convolution(_ bias: Shape, hasBias: Bool = false) throws -> Model {
    let op = Convolution(outputChannels: 3, window: SlidingWindow(1), hasBias: hasBias)
    return try seededModel(
      images(2, 3),
      [
        Node("c", Constant(TensorSpec(bias)), inputs: []),
        Node("layer", op, inputs: ["x"]),
        Node("y", Add(), inputs: ["layer", "c"]),
      ],
      outputs: ["y"]
    )
  }

  @Test("one number per channel becomes the bias", arguments: [[3, 1, 1], [1, 3, 1, 1], [], [1]])
  func becomesTheBias(_ shape: [Int]) throws {
    let model = try convolution(Shape(shape))
    let folded = try BiasFolding().apply(to: model)
    #expect(folded.nodes.map(\.name) == ["layer"])
    #expect(folded.parameters.keys.sorted() == ["layer.bias", "layer.weight"])
    try expectSameFunction(model, folded)
  }

  @Test("other constants stay", arguments: [[3], [1, 3, 3, 1], [3, 1, 3], [1, 1, 3, 1, 1]])
  func othersStay(_ shape: [Int]) throws {
    let model = try convolution(Shape(shape))
    #expect(try BiasFolding().apply(to: model).nodes == model.nodes)
  }

  @Test func aLayerWithABiasStays() throws {
    let model = try convolution([3, 1, 1], hasBias: true)
    #expect(try BiasFolding().apply(to: model).nodes == model.nodes)
  }

  @Test func matricesTakeTheLastAxis() throws {
    let model = try seededModel(
      [ModelInput("x", [2, 5, 4])],
      [
        Node("layer", FullyConnected(outputFeatures: 3, hasBias: false), inputs: ["x"]),
        Node("c", Constant(TensorSpec([3])), inputs: []),
        Node("y", Add(), inputs: ["c", "layer"]),
      ],
      outputs: ["y"]
    )
    let folded = try BiasFolding().apply(to: model)
    #expect(folded.nodes.map(\.name) == ["layer"])
    try expectSameFunction(model, folded)
  }
}
