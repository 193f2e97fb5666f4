import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct BatchNormFoldingTests {
  static let layers: [(any Operator, Bool)] = [
    (Convolution(outputChannels: 6, window: SlidingWindow(3), groups: 2), true),
    (Convolution(outputChannels: 3, window: SlidingWindow(1), hasBias: false), true),
    (
      TransposedConvolution(outputChannels: 6, window: SlidingWindow(2, stride: 2), groups: 2), true
    ),
  ]

  @Test("merges into the layer before it", arguments: 0..<3)
  func merges(_ index: Int) throws {
    let model = try seededModel(
      images(4, 5),
      [
        Node("layer", Self.layers[index].0, inputs: ["x"]),
        Node("norm", BatchNormalization(epsilon: 1e-3), inputs: ["layer"]),
        Node("y", ReLU(), inputs: ["norm"]),
      ],
      outputs: ["y"]
    )
    let folded = try BatchNormFolding().apply(to: model)
    #expect(folded.nodes.map(\.name) == ["layer", "y"])
    #expect(folded.parameters.keys.sorted() == ["layer.bias", "layer.weight"])
    try expectSameFunction(model, folded)
  }

  @Test func mergesIntoMatricesOnlyWhereChannelsAreFeatures() throws {
    func model(_ shape: Shape) throws -> Model {
      try seededModel(
        [ModelInput("x", shape)],
        [
          Node("layer", FullyConnected(outputFeatures: 3, hasBias: false), inputs: ["x"]),
          Node("y", BatchNormalization(), inputs: ["layer"]),
        ],
        outputs: ["y"]
      )
    }
    let folded = try BatchNormFolding().apply(to: model([2, 4]))
    #expect(folded.nodes.count == 1)
    try expectSameFunction(model([2, 4]), folded)
    #expect(try BatchNormFolding().apply(to: model([2, 3, 4])).nodes.count == 2)
  }

  @Test func integersKeepTheirIntegers() throws {
    let weight = UniformInteger(
      shape: [3, 4, 1, 1],
      integers: (0..<12).map { Int32($0 * 7 - 40) },
      scales: [0.03],
      zeroPoints: [5]
    )
    let model = try seededModel(
      images(4, 5),
      [
        Node("layer", Convolution(outputChannels: 3, window: SlidingWindow(1)), inputs: ["x"]),
        Node("y", BatchNormalization(), inputs: ["layer"]),
      ],
      outputs: ["y"],
      parameters: ["layer.weight": weight]
    )
    let folded = try BatchNormFolding().apply(to: model)
    let scaled = folded.parameters["layer.weight"] as? UniformInteger
    #expect(scaled?.integers == weight.integers)
    #expect(scaled?.axis == 0)
    try expectSameFunction(model, folded)
  }

  @Test func signsKeepTheirSigns() throws {
    let weight = Binary(Tensor([3, 4, 1, 1], (0..<12).map { Float($0 * 5 % 7) - 3.5 }))
    var model = try seededModel(
      images(4, 5),
      [
        Node("layer", Convolution(outputChannels: 3, window: SlidingWindow(1)), inputs: ["x"]),
        Node("y", BatchNormalization(), inputs: ["layer"]),
      ],
      outputs: ["y"],
      parameters: ["layer.weight": weight]
    )
    model.parameters["y.scale"] = Dense(Tensor([3], [0.5, -2, 1]))
    let folded = try BatchNormFolding().apply(to: model)
    let scaled = try #require(folded.parameters["layer.weight"] as? Binary)
    #expect(scaled.signs == weight.signs)
    #expect(scaled.free[1] < 0)
    try expectSameFunction(model, folded)
  }

  @Test func aValueThatOthersUseIsNotTouched() throws {
    let convolution = Convolution(outputChannels: 3, window: SlidingWindow(1))
    for outputs in [["y"], ["norm", "layer"]] {
      let model = try seededModel(
        images(4, 5),
        [
          Node("layer", convolution, inputs: ["x"]),
          Node("norm", BatchNormalization(), inputs: ["layer"]),
        ] + (outputs == ["y"] ? [Node("y", Add(), inputs: ["norm", "layer"])] : []),
        outputs: outputs
      )
      #expect(try BatchNormFolding().apply(to: model).nodes == model.nodes)
    }
  }
}
