import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeRecipes
import SqueezeTensor
import Testing

@Suite struct LayerBlameTests {
  @Test func equalModelsAreBlameless() throws {
    let model = twoLayers()
    let blame = try LayerBlame(model, model, inputs: inputs(), threads: 1)
    #expect(blame.rows.count == 2)
    #expect(blame.rows.allSatisfy { $0.alone == 0 && $0.aloneAtOutput == 0 && $0.upTo == 0 })
    #expect(blame.atOutput == 0)
    #expect(blame.samples == 32)
  }

  @Test("the damaged layer comes first, the other only inherits", arguments: ["a", "b"])
  func namesTheCulprit(_ damaged: String) throws {
    let model = twoLayers()
    var changed = model
    let key = "\(damaged).weight"
    let weight = try #require(model.parameters[key]).decoded()
    changed.parameters[key] = Dense(Tensor(weight.shape, weight.scalars.map { $0 * 1.5 }))
    let blame = try LayerBlame(model, changed, inputs: inputs(), threads: 1)
    #expect(blame.rows[0].node == damaged)
    #expect((blame.rows[0].alone ?? 0) > 0.1)
    #expect(blame.rows[1].alone == 0)
    #expect(blame.rows[1].upTo.map { damaged == "a" ? $0 > 0 : $0 == 0 } == true)
  }

  @Test func foldsNormalizationsAsTheChangedModelHasThem() throws {
    var random = SeededGenerator(seed: 3)
    func list(_ value: (inout SeededGenerator) -> Float) -> Dense {
      Dense(Tensor([4], (0..<4).map { _ in value(&random) }))
    }
    let model = Model(
      inputs: [ModelInput("x", [.named("N"), .fixed(2), .fixed(5), .fixed(5)])],
      outputs: ["n"],
      nodes: [
        Node("c", Convolution(outputChannels: 4, window: SlidingWindow(3)), inputs: ["x"]),
        Node("n", BatchNormalization(), inputs: ["c"]),
      ],
      parameters: [
        "c.weight": Dense(random.tensor(TensorSpec([4, 2, 3, 3]))),
        "c.bias": list { $0.uniform(-1, 1) },
        "n.scale": list { $0.uniform(0.5, 2) }, "n.bias": list { $0.uniform(-1, 1) },
        "n.mean": list { $0.uniform(-1, 1) }, "n.variance": list { $0.uniform(0.5, 2) },
      ]
    )
    let folded = try model.applying([BatchNormFolding()])
    let sample: [String: Tensor] = ["x": random.tensor(TensorSpec([3, 2, 5, 5]))]
    let blame = try LayerBlame(model, folded, inputs: [sample], threads: 1)
    #expect(blame.rows.map(\.node) == ["c"])
    #expect((blame.rows[0].alone ?? 1) < 1e-5)
    #expect(blame.atOutput < 1e-5)
  }

  @Test func refusesStrangers() throws {
    var other = twoLayers()
    for index in other.nodes.indices { other.nodes[index].name += "2" }
    other.parameters = Dictionary(
      uniqueKeysWithValues: other.parameters.map { key, value in
        let parts = key.split(separator: ".")
        return ("\(parts[0])2.\(parts[1])", value)
      }
    )
    #expect(throws: RecipeError.self) {
      _ = try LayerBlame(twoLayers(), other, inputs: inputs(), threads: 1)
    }
  }
}
