import SqueezeGraph
import SqueezeModels
import SqueezeTestSupport
import SqueezeOperators
import SqueezeTensor
import Testing

import Foundation
import SqueezeDesign

/// Boosters that change a network as a whole, on published ones.
@Suite struct WholeNetworkBoosterTests {
  private func structure(_ name: String) throws -> Model {
    let network = try #require(NetworkCatalog.network(named: name))
    return try network.structure(network.published)
  }

  @Test(
    "published networks get narrower",
    arguments: [
      "lenet-5", "alexnet", "alexnet-grouped", "vgg-small", "squeezenet-v1.0",
      "squeezenet-complex-bypass",
      "squeezenet-small", "resnet-9", "resnet-18", "densenet-121", "densenet-bc-40", "densenet-1d",
      "xception", "mobilenet-v1", "mobilenet-v2", "shufflenet-v1-g3", "shufflenet-v2-x1.0", "u-net",
      "enet",
      "squeezedet",
    ]
  )
  func narrows(_ name: String) throws {
    let model = try structure(name)
    let narrow = try WidthMultiplier(multiplier: 0.5, divisor: 2).apply(to: model)
    let (before, after) = (try model.cost(), try narrow.cost())
    #expect(after.parameters < before.parameters * 7 / 10)
    #expect(after.macs < before.macs * 7 / 10)
    let output = model.outputs[0]
    #expect(try narrow.infer().values[output] == model.infer().values[output])
  }

  @Test func narrowerLayersKeepTheirWeights() throws {
    let model = try seededModel(
      [1, 3, 8, 8],
      [
        Node("a", Convolution(outputChannels: 8, window: SlidingWindow(3)), inputs: ["x"]),
        Node("b", Convolution(outputChannels: 4, window: SlidingWindow(1)), inputs: ["a"]),
        Node("join", Concatenate(axis: 1), inputs: ["a", "b"], outputs: ["join"]),
      ].dropLast() + [
        Node("c", Convolution(outputChannels: 6, window: SlidingWindow(1)), inputs: ["b"])
      ]
    )
    let narrow = try WidthMultiplier(multiplier: 0.5).apply(to: model)
    let (old, new) = (
      try #require(model.parameters["b.weight"]).decoded(),
      try #require(narrow.parameters["b.weight"]).decoded()
    )
    #expect(new.shape == [2, 4, 1, 1])
    #expect(new.scalars == Array(old.scalars[0..<4] + old.scalars[8..<12]))
    #expect(narrow.parameters["c.weight"]?.shape == [6, 2, 1, 1])
  }

  @Test func pictureSizesFollow() throws {
    let model = try structure("alexnet")
    let small = try ResolutionMultiplier(multiplier: 0.5).apply(to: model)
    #expect(small.inputs[0].shape() == [1, 3, 112, 112])
    #expect(small.preprocessing?.shorterSide == 128)
    // Maps of 2×2 instead of 6×6 reach the first fully connected layer.
    #expect(small.parameters["fc6.weight"]?.shape == [4096, 256 * 2 * 2])
    #expect(throws: BoosterError.self) {
      try ResolutionMultiplier(multiplier: 0.1).boosted(model)
    }
  }

  @Test func resampledWeightsGiveTheScoresOfConstantMaps() throws {
    let model = try seededModel(
      [1, 2, 8, 8],
      [
        Node("flatten", Flatten(), inputs: ["x"]),
        Node("fc", FullyConnected(outputFeatures: 3), inputs: ["flatten"]),
      ]
    )
    let small = try ResolutionMultiplier(multiplier: 0.5).apply(to: model)
    let runtime = ReferenceRuntime()
    func scores(_ model: Model, _ size: Int) throws -> [Float] {
      let area = size * size
      let map = Tensor([1, 2, size, size], (0..<2 * area).map { $0 < area ? 0.3 : -0.9 })
      return try #require(runtime.run(model, inputs: ["x": map])["fc"]).scalars
    }
    // Two halvings on the grid average four weights each.
    for (a, b) in zip(try scores(model, 8), try scores(small, 4)) { #expect(abs(a - b) < 1e-5) }
  }

  @Test func poolsMove() throws {
    let model = try structure("squeezenet-v1.0")
    func places(_ model: Model) -> [String] {
      model.nodes.filter { $0.op is MaxPool }.map { $0.inputs[0] }
    }
    #expect(places(model) == ["conv1/relu", "fire4/concat", "fire8/concat"])
    let earlier = try Downsampling(.earlier).apply(to: model)
    #expect(places(earlier) == ["conv1/relu", "fire2/concat", "fire3/concat"])
    let later = try Downsampling(.later).apply(to: model)
    #expect(places(later) == ["fire7/concat", "fire8/concat", "fire9/concat"])
    let even = try Downsampling(.even).apply(to: model)
    #expect(places(even) == ["fire2/concat", "fire5/concat", "fire7/concat"])
    let macs = try [earlier, model, later].map { try $0.cost().macs }
    #expect(macs[0] < macs[1] && macs[1] < macs[2])
    #expect(try earlier.cost().parameters == model.cost().parameters)
    #expect(throws: BoosterError.self) { try Downsampling(.earlier).boosted(earlier) }
    // Only one, past others and to a place that is free.
    func moved(_ placement: Downsampling.Placement, _ pool: String) throws -> [String] {
      try places(Downsampling(placement, nodes: NodePattern(pool)).apply(to: model))
    }
    #expect(try moved(.later, "pool4") == ["conv1/relu", "fire8/concat", "fire9/concat"])
    #expect(try moved(.earlier, "pool8") == ["conv1/relu", "fire2/concat", "fire4/concat"])
    #expect(throws: BoosterError.self) { try moved(.later, "pool10") }
  }

  /// The boosters of `Examples/AlexNetToSqueezeNet`, from the script itself.
  static func exampleBoosters() throws -> [any Booster] {
    let script = TestData.packageFolder.appendingPathComponent(
      "Examples/AlexNetToSqueezeNet/alexnet-to-squeezenet"
    )
    let parts = try String(contentsOf: script, encoding: .utf8).split(separator: "--apply \"")
    let text = try #require(parts.last?.split(separator: "\"").first)
    return try BoosterCatalog.parse(String(text))
  }

  @Test func theExampleMakesAlexNetFiftyTimesSmaller() throws {
    var history = RewriteHistory(try structure("alexnet"))
    for booster in try Self.exampleBoosters() { try history.apply(booster) }
    #expect(history.steps.count == 6)
    let parameters = history.steps.map(\.after.parameters)
    #expect(history.steps[0].before.parameters == 61_100_840)
    #expect(parameters[0] == 61_100_840)
    // Every step but the first, which only opens the way, saves parameters.
    #expect(zip(parameters, parameters.dropFirst()).allSatisfy { $0 > $1 })
    let last = try #require(parameters.last)
    #expect(last <= 1_220_000 && 50 * last <= 61_100_840)
    #expect(try history.model.infer().values["prob"]?.shape == [1, 1000])
  }
}
