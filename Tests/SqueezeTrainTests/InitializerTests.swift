import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import SqueezeTrain
import Testing

@Suite struct InitializerTests {
  private func variance(_ weights: [Float]) -> Double {
    weights.reduce(0) { $0 + Double($1) * Double($1) } / Double(weights.count)
  }

  @Test("variances are those of the papers")
  func variances() throws {
    let fan = Fan(input: 50, output: 200)
    let expected = [
      "he-normal": 2.0 / 50, "he-uniform": 2.0 / 50, "he-normal-fan-out": 2.0 / 200,
      "he-uniform-fan-out": 2.0 / 200, "glorot-normal": 2.0 / 250, "glorot-uniform": 2.0 / 250,
      "he-uniform-small": 1.0 / 150,
    ]
    for (name, expected) in expected {
      var random = SeededGenerator(seed: 5)
      let rule = try InitializerCatalog.initializer(named: name)
      let weights = rule.weights([200, 50, 1, 1], fan: fan, &random)
      #expect(abs(variance(weights) / expected - 1) < 0.05, "\(name)")
    }
    #expect(throws: TrainingError.self) { try InitializerCatalog.initializer(named: "zeros") }
  }

  @Test("rows or columns are orthogonal", arguments: [[5, 12], [12, 5], [7, 7]])
  func orthogonal(_ size: [Int]) {
    let (rows, columns) = (size[0], size[1])
    var random = SeededGenerator(seed: 5)
    let weights = OrthogonalInitializer(gain: 2).weights(
      Shape(size),
      fan: Fan(input: 1, output: 1),
      &random
    )
    let count = min(rows, columns)
    for a in 0..<count {
      for b in 0..<count {
        var product: Float = 0
        for i in 0..<max(rows, columns) {
          product +=
            rows <= columns
            ? weights[a * columns + i] * weights[b * columns + i]
            : weights[i * columns + a] * weights[i * columns + b]
        }
        #expect(abs(product - (a == b ? 4 : 0)) < 1e-4)
      }
    }
  }

  @Test("every parameter of a model gets its beginning, each from its own seed")
  func model() throws {
    var graph = Model(
      inputs: [ModelInput("x", [1, 4, 8, 8])],
      outputs: ["f"],
      nodes: [
        Node(
          "a",
          Convolution(outputChannels: 6, window: SlidingWindow(3), groups: 2),
          inputs: ["x"]
        ),
        Node("n", BatchNormalization(), inputs: ["a"]),
        Node("s", PReLU(slopeShape: [6, 1, 1]), inputs: ["n"]),
        Node("m", GlobalAveragePool(), inputs: ["s"]),
        Node("l", Flatten(), inputs: ["m"]),
        Node("f", FullyConnected(outputFeatures: 3), inputs: ["l"]),
      ]
    )
    let model = try graph.initialized(seed: 1)
    _ = try model.infer()
    #expect(model.parameters["n.variance"]?.decoded().scalars == [1, 1, 1, 1, 1, 1])
    #expect(model.parameters["n.mean"]?.decoded().scalars == [0, 0, 0, 0, 0, 0])
    #expect(model.parameters["a.bias"]?.decoded().scalars == [0, 0, 0, 0, 0, 0])
    #expect(model.parameters["s.slope"]?.decoded().scalars.allSatisfy { $0 == 0.25 } == true)
    #expect(try model.weightsHash == graph.initialized(seed: 1).weightsHash)
    #expect(try model.weightsHash != graph.initialized(seed: 2).weightsHash)
    graph.nodes[5].op = FullyConnected(outputFeatures: 4)
    let other = try graph.initialized(seed: 1)
    #expect(
      other.parameters["a.weight"]?.decoded() == model.parameters["a.weight"]?.decoded()
    )
  }

  @Test("a loss on logits sees what comes before the end")
  func logits() throws {
    func model(_ ends: [Node], output: String) -> Model {
      let first = Node("f", FullyConnected(outputFeatures: 2), inputs: ["x"])
      return Model(inputs: [ModelInput("x", [1, 2])], outputs: [output], nodes: [first] + ends)
    }
    #expect(model([Node("p", Softmax(axis: 1), inputs: ["f"])], output: "p").logits == ["f"])
    #expect(model([Node("p", LogSoftmax(axis: 1), inputs: ["f"])], output: "p").logits == ["f"])
    #expect(model([], output: "f").logits == ["f"])
    #expect(model([Node("r", ReLU(), inputs: ["f"])], output: "r").logits == ["r"])
    let named = model(
      [Node("s", Sigmoid(), inputs: ["f"]), Node("o", Identity(), inputs: ["s"])],
      output: "o"
    )
    #expect(named.logits == ["f"])
    #expect(named.giving(["f"]).nodes.map(\.name) == ["f"])
  }
}
