import SqueezeCompress
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct ChannelMeansTests {
  /// Convolutions of every kind behind a normalization, without padding.
  private static func network(groups: Int) throws -> Model {
    try PruningNetworks.filled(
      Model(
        inputs: [ModelInput("x", [2, 3, 8, 8])],
        outputs: ["out"],
        nodes: [
          Node("a", Convolution(outputChannels: 8, window: SlidingWindow(1)), inputs: ["x"]),
          Node("norm", BatchNormalization(), inputs: ["a"]),
          Node("relu", ReLU(), inputs: ["norm"]),
          Node(
            "b",
            Convolution(
              outputChannels: 6,
              window: SlidingWindow(3),
              groups: groups,
              hasBias: false
            ),
            inputs: ["relu"]
          ),
          Node(
            "up",
            TransposedConvolution(outputChannels: 4, window: SlidingWindow(2, stride: 2)),
            inputs: ["b"]
          ),
          Node("pool", GlobalAveragePool(), inputs: ["up"]),
          Node("flat", Flatten(), inputs: ["pool"]),
          Node("out", FullyConnected(outputFeatures: 3), inputs: ["flat"]),
        ]
      ),
      seed: 6
    )
  }

  private static func runs(_ model: Model, _ inputs: [String: Tensor]) throws -> [String: Tensor] {
    try ReferenceRuntime().run(model, inputs: inputs)
  }

  @Test("Constant channels go without a trace, their value in the biases", arguments: [1, 2])
  func constants(_ groups: Int) throws {
    var model = try Self.network(groups: groups)
    let constant = [1, 2, 5, 6]
    for (name, value) in [("scale", Float(0)), ("bias", 0.7)] {
      let key = "norm.\(name)"
      var tensor = try #require(model.parameters[key]).decoded()
      for channel in constant { tensor.scalars[channel] = value }
      model.parameters[key] = Dense(tensor)
    }
    let method = StructuredPruning(
      .perGroup(["a": 0.5]),
      importance: .batchNormalizationScale
    )
    let inputs = Silencing.inputs(model, seed: 4)
    let (small, report) = try method.prune(model, calibratedOn: [inputs], using: Self.runs)
    #expect(report.groups[0].removedChannels == ["a": constant])
    #expect((small.nodes[3].op as? Convolution)?.hasBias == true)
    let other = Silencing.inputs(model, seed: 9)
    let expected = try #require(try Self.runs(model, other)["out"])
    let actual = try #require(try Self.runs(small, other)["out"])
    let bare = try #require(try Self.runs(try method.apply(to: model), other)["out"])
    func distance(_ a: Tensor) -> Float {
      zip(a.scalars, expected.scalars).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }
    let largest = expected.scalars.reduce(0) { max($0, abs($1)) }
    #expect(distance(actual) < 1e-4 * largest)
    #expect(distance(bare) > 1e-2 * largest)
  }

  @Test("Means of channels that vary bring the mean of the result back")
  func means() throws {
    let model = try Self.network(groups: 1)
    let method = StructuredPruning(.perGroup(["b": 0.34]))
    let inputs = (0..<4).map { Silencing.inputs(model, seed: $0) }
    func mean(_ model: Model) throws -> [Double] {
      var sums = [Double](repeating: 0, count: 3)
      for input in inputs {
        let scores = try #require(try Self.runs(model, input)["out"]).scalars
        for (i, score) in scores.enumerated() { sums[i % 3] += Double(score) }
      }
      return sums.map { $0 / 8 }
    }
    func distance(_ other: Model) throws -> Double {
      zip(try mean(other), try mean(model)).reduce(0) { $0 + abs($1.0 - $1.1) }
    }
    let moved = try method.prune(model, calibratedOn: inputs, using: Self.runs).model
    let bare = try method.apply(to: model)
    #expect(try distance(moved) < 0.1 * distance(bare))
    #expect(throws: PruningError.self) {
      try method.prune(model, calibratedOn: [], using: Self.runs)
    }
  }
}
