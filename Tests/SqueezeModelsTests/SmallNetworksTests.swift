import SqueezeGraph
import SqueezeModels
import SqueezeTensor
import Testing

/// Networks for MNIST and CIFAR, their parameters summed by hand.
@Suite struct SmallNetworksTests {
  /// A convolution without bias and its batch normalization's scale and bias.
  private func normalized(_ inputs: Int, _ outputs: Int, kernel: Int = 3) -> Int {
    kernel * kernel * inputs * outputs + 2 * outputs
  }

  @Test func leNetsMatchDeepCompression() throws {  // Han, Mao and Dally (2015), Tables 2 and 3
    let connected = [(784, 300), (300, 100), (100, 10)].map { ($0.0 + 1) * $0.1 }
    #expect(try LeNet300100.structure().cost().parameters == connected.reduce(0, +))
    let convolutions = (25 + 1) * 20 + (25 * 20 + 1) * 50
    #expect(
      try LeNet5.structure().cost().parameters == convolutions + (800 + 1) * 500 + (500 + 1) * 10
    )
  }

  @Test func resNet9() throws {
    let cost = try ResNet9.structure().cost()
    let first = normalized(3, 64) + normalized(64, 128) + 2 * normalized(128, 128)
    let rest = normalized(128, 256) + normalized(256, 512) + 2 * normalized(512, 512)
    #expect(cost.parameters == first + rest + 512 * 10)
    let shapes = Dictionary(uniqueKeysWithValues: cost.nodes.map { ($0.node, $0.outputs[0].shape) })
    #expect(shapes["layer1/residual/add"] == [1, 128, 16, 16])
    #expect(shapes["layer3/residual/add"] == [1, 512, 4, 4])
    #expect(shapes["layer2/residual/add"] == nil)
    #expect(shapes["flatten"] == [1, 512])
  }

  @Test func squeezeNetSmallHasThreeBypassesAndThreePools() throws {
    let model = try SqueezeNetSmall.structure()
    #expect(
      model.nodes.filter { $0.name.hasSuffix("bypass") }.map(\.name) == [
        "fire4/bypass", "fire6/bypass", "fire8/bypass",
      ]
    )
    #expect(model.nodes.filter { $0.name.hasSuffix("/pool") }.count == 3)
    func fire(_ inputs: Int, _ squeeze: Int) -> Int {
      normalized(inputs, squeeze, kernel: 1) + normalized(squeeze, 4 * squeeze, kernel: 1)
        + normalized(squeeze, 4 * squeeze)
    }
    let early = fire(64, 16) + fire(128, 32) + fire(256, 32)
    let late = fire(256, 48) + fire(384, 48) + fire(384, 64) + fire(512, 64)
    let cost = try model.cost()
    #expect(cost.parameters == normalized(3, 64) + early + late + 513 * 10)
    #expect((30_000_000...60_000_000).contains(cost.macs))
    #expect(throws: ShapeError.self) {
      try SqueezeNetSmall.structure(NetworkOptions(classes: 3, input: [3, 32, 32], baseWidth: 6))
    }
  }

  @Test func vggSmallStaysBelowAHundredMillionProducts() throws {
    let cost = try VGGSmall.structure().cost()
    #expect(cost.macs <= 100_000_000)
    let shapes = Dictionary(uniqueKeysWithValues: cost.nodes.map { ($0.node, $0.outputs[0].shape) })
    #expect(shapes["flatten"] == [1, 256 * 2 * 2])
  }

  @Test func mobileNetKeepsItsResidualsAndEndsAtFourByFour() throws {
    let model = try MobileNetV2Small.structure()
    // One for every repetition of a stage, and for both first blocks that keep width and resolution.
    #expect(model.nodes.filter { $0.name.hasSuffix("/add") }.count == 6 + 2)
    let cost = try model.cost()
    let shapes = Dictionary(uniqueKeysWithValues: cost.nodes.map { ($0.node, $0.outputs[0].shape) })
    #expect(shapes["conv14/conv"] == [1, 320, 4, 4])
    #expect(cost.macs <= 30_000_000)
  }

  @Test func denseNetGrowsByTwelve() throws {  // Huang et al. (2016), §3 and §4.2
    let cost = try DenseNetBC40.structure().cost()
    let shapes = Dictionary(uniqueKeysWithValues: cost.nodes.map { ($0.node, $0.outputs[0].shape) })
    #expect(shapes["block1/layer6/concat"] == [1, 24 + 6 * 12, 32, 32])
    #expect(shapes["block2/layer6/concat"] == [1, 48 + 6 * 12, 16, 16])
    #expect(shapes["block3/layer6/concat"] == [1, 60 + 6 * 12, 8, 8])
  }
}
