import SqueezeCompress
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct CrossLayerEqualizationTests {
  /// A depthwise network whose channels differ much in range.
  private static func network(_ activation: any Operator = ReLU()) throws -> Model {
    var model = try initialized(
      Model(
        inputs: [ModelInput("x", [2, 3, 8, 8])],
        outputs: ["y"],
        nodes: [
          Node("a", Convolution(outputChannels: 6, window: SlidingWindow(1)), inputs: ["x"]),
          Node("an", BatchNormalization(), inputs: ["a"]),
          Node("ar", activation, inputs: ["an"]),
          Node(
            "d",
            Convolution(outputChannels: 6, window: SlidingWindow(3, padding: 1), groups: 6),
            inputs: ["ar"]
          ),
          Node("dr", activation, inputs: ["d"]),
          Node("p", MaxPool(window: SlidingWindow(2, stride: 2)), inputs: ["dr"]),
          Node(
            "g",
            Convolution(outputChannels: 4, window: SlidingWindow(1), groups: 2),
            inputs: ["p"]
          ),
          Node("gr", LeakyReLU(), inputs: ["g"]), Node("f", Flatten(), inputs: ["gr"]),
          Node("y", FullyConnected(outputFeatures: 3), inputs: ["f"]),
        ]
      )
    )
    for key in ["a.weight", "d.weight", "g.weight"] {
      guard var weight = model.parameters[key]?.decoded() else { continue }
      let size = weight.shape.count(from: 1)
      for i in weight.scalars.indices { weight.scalars[i] *= Float(1 << (3 * (i / size % 4))) }
      model.parameters[key] = Dense(weight)
    }
    return model
  }

  @Test("the function stays")
  func function() throws {
    let model = try Self.network()
    let equalized = try CrossLayerEqualization().apply(to: model)
    for input in samples(3, for: model) {
      let expected = try #require(try reference(model, input)["y"]?.scalars)
      let actual = try #require(try reference(equalized, input)["y"]?.scalars)
      let largest = expected.map { abs($0) }.max() ?? 0
      for (a, b) in zip(actual, expected) { #expect(abs(a - b) <= 1e-4 * largest) }
    }
  }

  @Test("channels of neighbours become alike, which one scale per tensor likes")
  func ranges() throws {
    let model = try Self.network()
    let equalized = try CrossLayerEqualization().apply(to: model)
    let folded = try model.applying([])
    func rows(_ model: Model, _ key: String) -> [Float] {
      guard let weight = model.parameters[key]?.decoded() else { return [] }
      let size = weight.shape.count(from: 1)
      return (0..<weight.shape[0]).map { row in
        weight.scalars[row * size..<(row + 1) * size].reduce(0) { max($0, abs($1)) }
      }
    }
    let (first, second) = (rows(equalized, "a.weight"), rows(equalized, "d.weight"))
    for (a, b) in zip(first, second) { #expect(abs(a - b) <= 0.01 * a) }
    let method = WeightQuantization(bits: 6, granularity: .tensor)
    func error(_ model: Model) throws -> Float {
      let quantized = try method.apply(to: model)
      var sum: Float = 0
      for input in samples(3, for: model) {
        let expected = try #require(try reference(model, input)["y"]?.scalars)
        let actual = try #require(try reference(quantized, input)["y"]?.scalars)
        sum += zip(expected, actual).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      }
      return sum
    }
    #expect(try error(equalized) < 0.5 * error(folded))
  }

  @Test("a clip at 6 ends a pair, unless it may be relaxed")
  func clips() throws {
    let model = try Self.network(Clip.relu6)
    let kept = try CrossLayerEqualization().apply(to: model)
    #expect(kept.nodes.contains { $0.op is Clip })
    #expect(kept.parameters["d.bias"]?.decoded() == model.parameters["d.bias"]?.decoded())
    let relaxed = try CrossLayerEqualization(relaxesClips: true).apply(to: model)
    #expect(!relaxed.nodes.contains { $0.op is Clip })
    let plain = try CrossLayerEqualization().apply(to: Self.network())
    #expect(relaxed.parameters["d.weight"]?.decoded() == plain.parameters["d.weight"]?.decoded())
  }

  @Test("what a mask pruned stays zero")
  func masks() throws {
    var model = try Self.network()
    let weight = try #require(model.parameters["g.weight"]?.decoded())
    let mask = weight.scalars.indices.map { $0 % 2 == 0 }
    model.parameters["g.weight"] = Masked(weight, mask: mask)
    let equalized = try CrossLayerEqualization().apply(to: model)
    #expect(equalized.parameters["g.weight"]?.keptElements == mask)
  }
}
