import SqueezeGraph
import SqueezeModels
import SqueezeOperators
import SqueezeTensor
import Testing

import SqueezeDesign

/// Boosters that fit the old weights: the reported error is that of the function they compute.
@Suite struct ApproximateBoosterTests {
  /// A convolution's error on noise is that of its weights, on the mean; borders and chance leave some room.
  @Test(
    "the error of the weights is that of the outputs",
    arguments: [
      "depthwise-pointwise", "depthwise-pointwise(kernels=3)", "low-rank(factor=1.5)",
      "low-rank(method=spatial)",
      "low-rank(method=tucker)", "channel-reduction(ratio=0.5, activation=false)",
      "filter-stacking(form=asymmetric)", "kernel-reduction", "group-convolution",
      "group-convolution(groups=4, shuffle=true)", "depthwise-shuffle",
    ]
  )
  func reportsItsError(_ text: String) throws {
    let model = try oneConvolution(16, 16, bias: true, size: 16)
    let boosted = try BoosterCatalog.parse(text)[0].boosted(model)
    let error = try #require(boosted.changes[0].error)
    #expect(error > 0 && error < 1)
    let actual = try difference(withoutBias(boosted.model), withoutBias(model))
    #expect(abs(actual - error) < 0.12 * error + 0.02, "\(actual) against \(error)")
  }

  private func withoutBias(_ model: Model) -> Model {
    var model = model
    for key in model.parameters.keys where key.hasSuffix(".bias") {
      model.parameters[key] = model.parameters[key].map { encoding in
        var encoding = encoding
        encoding.free = encoding.free.map { _ in 0 }
        return encoding
      }
    }
    return model
  }

  @Test func moreRankMeansLessError() throws {
    let model = try oneConvolution(16, 16)
    for method in LowRank.Method.allCases {
      let errors = try [8.0, 4, 2, 1.3].map { factor in
        try #require(LowRank(method: method, factor: factor).boosted(model).changes[0].error)
      }
      #expect(errors == errors.sorted(by: >) && Set(errors).count == 4)
    }
  }

  @Test("low rank saves the factor it is given", arguments: LowRank.Method.allCases)
  func savesTheFactor(_ method: LowRank.Method) throws {
    let model = try oneConvolution(48, 48)
    let after = try model.applying([LowRank(method: method, factor: 3)]).parameterCount()
    let ratio = Double(try model.parameterCount()) / Double(after)
    #expect(ratio >= 3 && ratio < 3.6, "\(ratio)")
  }

  @Test func fullyConnectedLayersAreFactoredToo() throws {
    let model = try LeNet300100.structure().withRandomParameters(seed: 1)
    let boosted = try LowRank(factor: 4).boosted(model)
    #expect(boosted.changes.map(\.node).count == 3)
    #expect(try boosted.model.parameterCount() < model.parameterCount() / 3)
  }

  @Test func aGlobalPoolKeepsTheScoresOfConstantMaps() throws {
    let nodes = [
      Node("flatten", Flatten(), inputs: ["x"]),
      Node("fc", FullyConnected(outputFeatures: 5), inputs: ["flatten"]),
    ]
    let model = try seededModel([1, 3, 4, 4], nodes)
    let boosted = try FullyConnectedToGlobalPool().boosted(model)
    #expect(boosted.changes.allSatisfy { $0.fidelity == .retrain })
    let map = Tensor([1, 3, 4, 4], (0..<48).map { Float($0 / 16) - 0.7 })
    let runtime = ReferenceRuntime()
    let expected = try #require(runtime.run(model, inputs: ["x": map])["fc"])
    let actual = try #require(runtime.run(boosted.model, inputs: ["x": map])["fc"])
    #expect(zip(expected.scalars, actual.scalars).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func layersTakeTheStyleAroundThem() throws {
    let network = try #require(NetworkCatalog.network(named: "mobilenet-v2"))
    let model = try network.structure(NetworkOptions(classes: 5, input: [3, 32, 32]))
    let boosted = try VGGSmall.structure().applying([ChannelReduction(nodes: NodePattern("conv2*"))]
    )
    let added = boosted.nodes.filter { $0.name.contains("/reduce") }
    #expect(added.contains { $0.op is BatchNormalization } && added.contains { $0.op is ReLU })
    #expect(added.compactMap { $0.op as? Convolution }.allSatisfy { !$0.hasBias })
    // A network of depthwise and 1×1 layers has nothing left for these moves.
    for text in ["depthwise-pointwise(nodes=block*)", "kernel-reduction(nodes=block*)"] {
      let booster = try BoosterCatalog.parse(text)[0]
      #expect(throws: BoosterError.self) { try booster.boosted(model) }
    }
  }

  @Test func fireModulesAreSqueezeNets() throws {
    let model = try oneConvolution(96, 128, bias: true)
    let fire = try FireModule(squeeze: 0.125).apply(to: model)
    // Fire 2 of SqueezeNet v1.0: 11,920 parameters (Table 1).
    #expect(try fire.parameterCount() == 11_920)
    #expect(fire.nodes.compactMap { $0.op as? Convolution }.map(\.outputChannels) == [16, 64, 64])
  }
}
