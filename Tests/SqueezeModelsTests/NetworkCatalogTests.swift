import SqueezeGraph
import SqueezeModels
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct NetworkCatalogTests {
  /// Parameters, all MACs (a batch normalization counts one for each element), and those of convolutions
  /// and fully connected layers alone, in millions as torchvision's model table prints them.
  static let golden: [(name: String, parameters: Int, macs: Int, millions: Int?)] = [
    ("lenet-300-100", 266_610, 266_200, nil),
    ("lenet-5", 431_080, 2_293_000, nil),
    ("alexnet", 61_100_840, 714_188_480, 714),
    ("alexnet-grouped", 60_965_224, 726_791_936, nil),
    ("alexnet-small", 7_193_066, 52_579_872, nil),
    ("alexnet-xnor", 62_397_576, 1_135_806_944, nil),
    ("vgg-16", 138_357_544, 15_470_264_320, 15_470),
    ("vgg-small", 2_441_194, 72_328_192, nil),
    ("squeezenet-v1.0", 1_248_424, 818_924_576, 819),
    ("squeezenet-v1.1", 1_235_496, 349_151_936, 349),
    ("squeezenet-simple-bypass", 1_248_424, 818_924_576, nil),
    ("squeezenet-complex-bypass", 1_589_672, 1_165_298_720, nil),
    ("squeezenet-small", 717_994, 57_783_296, nil),
    ("resnet-9", 6_573_120, 379_638_784, nil),
    ("resnet-18", 11_689_512, 1_816_557_056, 1814),
    ("densenet-121", 7_978_856, 2_849_829_120, 2834),
    ("densenet-bc-40", 176_122, 73_376_040, nil),
    ("densenet-1d", 24_850, 937_769, nil),
    ("xception", 22_855_952, 8_378_540_648, nil),
    ("mobilenet-v1", 4_231_976, 573_783_040, 569),
    ("mobilenet-v2", 3_504_872, 307_452_384, 301),
    ("mobilenet-v2-small", 266_154, 23_388_288, nil),
    ("shufflenet-v1-g3", 1_865_728, 140_459_472, nil),
    ("shufflenet-v2-x1.0", 2_278_604, 146_858_192, 145),
    ("u-net", 31_036_481, 48_123_871_232, nil),
    ("enet", 360_306, 1_992_097_792, nil),
    ("squeezedet", 2_082_120, 5_283_053_568, nil),
  ]

  @Test func everyNetworkHasGoldenNumbers() {
    #expect(NetworkCatalog.all.map(\.name) == Self.golden.map(\.name))
  }

  @Test("counts are the published ones", arguments: golden)
  func counts(_ name: String, _ parameters: Int, _ macs: Int, _ millions: Int?) throws {
    let network = try #require(NetworkCatalog.network(named: name))
    let model = try network.structure(network.published)
    let cost = try model.cost()
    #expect(cost.parameters == parameters)
    // Gradients reach every one of them.
    let trained = try model.gradientFlow(model.infer()).trained
    #expect(trained.reduce(0) { $0 + (model.parameters[$1]?.shape.count ?? 0) } == parameters)
    #expect(cost.macs == macs)
    guard let millions else { return }
    let products = cost.nodes.filter { $0.operatorName != BatchNormalization.name }
    #expect((products.reduce(0) { $0 + $1.macs } + 500_000) / 1_000_000 == millions)
  }

  @Test("every network is built for other inputs and classes", arguments: NetworkCatalog.all)
  func builds(_ network: PublishedNetwork) throws {
    var options = network.published
    options.classes = 7
    let rank = network.published.input.rank
    options.input = rank == 3 ? [2, 96, 128] : [2, 200]
    options.batch = 3
    if options.baseWidth != nil { options.baseWidth = 8 }
    let model = try network.structure(options)
    #expect(model.name == network.name)
    #expect(model.inputs[0].dimensions == ([3] + options.input.dimensions).map { .fixed($0) })
    #expect(model.preprocessing == nil)
    let shape = try #require(try model.infer([:]).values[model.outputs[0]]?.shape)
    #expect(shape.dimensions.prefix(2) == [3, network.name == "squeezedet" ? 9 * 12 : 7])
    options.classes = 0
    #expect(throws: ShapeError.self) { try network.structure(options) }
    options.classes = 7
    options.input = rank == 3 ? [3, 224] : [3, 224, 224]
    #expect(throws: ShapeError.self) { try network.structure(options) }
  }

  /// Without a size that fits every layer, deep networks give all zeros, infinities or one class.
  @Test(
    "random parameters keep activations alive",
    arguments: [
      "resnet-18", "densenet-121", "mobilenet-v2", "shufflenet-v2-x1.0", "squeezenet-small",
      "densenet-bc-40",
    ]
  )
  func keepsActivationsAlive(_ name: String) throws {
    let network = try #require(NetworkCatalog.network(named: name))
    var options = NetworkOptions(classes: 50, input: [3, 32, 32])
    if network.published.baseWidth != nil { options.baseWidth = 16 }
    var model = try network.model(options, seed: 5)
    model.outputs = ["fc"]
    var random = SeededGenerator(seed: 1)
    let x = random.tensor(TensorSpec([1, 3, 32, 32]))
    let scores = try #require(try ReferenceRuntime().run(model, inputs: ["data": x])["fc"]).scalars
    let mean = scores.reduce(0, +) / 50
    let deviation = (scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 50).squareRoot()
    #expect((0.02...50).contains(deviation), "deviation \(deviation)")
  }

  @Test func randomBatchNormalizationIsNotTheIdentity() throws {
    let model = try ResNet18.structure(NetworkOptions(input: [3, 32, 32], baseWidth: 8))
      .withRandomParameters(seed: 1)
    for name in ["scale", "bias", "mean", "variance"] {
      let values = try #require(model.parameters["conv1/bn.\(name)"]).decoded().scalars
      #expect(Set(values).count == values.count)
      let centre: Float = ["scale", "variance"].contains(name) ? 1 : 0
      #expect(values.allSatisfy { abs($0 - centre) <= 0.3 })
    }
  }

  @Test func binaryNetworksHaveBinaryWeights() throws {
    let network = try #require(NetworkCatalog.network(named: "alexnet-xnor"))
    let model = try network.model(NetworkOptions(classes: 5, input: [1, 63, 63]), seed: 2)
    let cost = try model.cost()
    let bytes = Dictionary(uniqueKeysWithValues: cost.nodes.map { ($0.node, $0.weightBytes) })
    // fc7: one bit for each weight, 32 for the scale and the bias of each output.
    #expect(bytes["fc7"] == 4096 * 4096 / 8 + 2 * 4 * 4096)
    #expect(bytes["fc8"] == 4 * (4096 * 5 + 5))
  }

  @Test func blankParametersReadAsZeros() throws {
    let model = try DenseNet1D.structure()
    let weight = try #require(model.parameters["conv1.weight"])
    #expect(weight.shape == [16, 1, 7])
    #expect(weight.decoded().scalars.allSatisfy { $0 == 0 })
    #expect(weight.free.isEmpty)
    #expect(weight.storedBits == 16 * 7 * 32)
  }

  @Test func namesAWidthThatIsNoMultiple() throws {
    #expect(throws: ShapeError.self) {
      try UNet.structure(NetworkOptions(classes: 2, input: [1, 40, 48]))
    }
  }
}
