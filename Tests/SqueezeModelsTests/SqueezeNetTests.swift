import SqueezeGraph
import SqueezeModels
import SqueezeTensor
import Testing

@Suite struct SqueezeNetTests {
  @Test func versionOneMatchesThePaper() throws {  // Iandola et al. (2016), Table 1
    let cost = try SqueezeNet.v1_0().cost(for: ["data": [1, 3, 224, 224]])
    #expect(cost.parameters == 1_248_424)
    #expect(cost.nodes.first { $0.node == "fire2/concat" }?.outputs[0].shape == [1, 128, 54, 54])
    #expect(cost.nodes.first { $0.node == "conv10" }?.outputs[0].shape == [1, 1000, 13, 13])
  }

  /// The sum by hand for 227×227 with the unpadded classifier of the paper: conv1 gives 111×111,
  /// pools (ceil) 55, 27 and 13.
  @Test func versionOneCountsItsMACs() throws {
    let cost = try SqueezeNet.v1_0(imageSize: 227).cost()
    func fire(_ side: Int, _ input: Int, _ squeeze: Int) -> Int {
      side * side * (input * squeeze + squeeze * 4 * squeeze + 9 * squeeze * 4 * squeeze)
    }
    let conv1 = 111 * 111 * 96 * 3 * 49
    let early = fire(55, 96, 16) + fire(55, 128, 16) + fire(55, 128, 32)
    let middle = fire(27, 256, 32) + fire(27, 256, 48) + fire(27, 384, 48) + fire(27, 384, 64)
    let last = fire(13, 512, 64) + 13 * 13 * 512 * 1000
    #expect(cost.macs == conv1 + early + middle + last)
    #expect(cost.macs == 832_667_936)
  }

  @Test func versionOnePointOneIsLighter() throws {
    let cost = try SqueezeNet.v1_1().cost()
    #expect(cost.parameters == 1_235_496)
    let first = try SqueezeNet.v1_0().cost()
    #expect(Double(first.macs) / Double(cost.macs) > 2)
  }

  @Test func theSeedFixesTheWeights() throws {
    let (a, b) = (try SqueezeNet.v1_1(seed: 3), try SqueezeNet.v1_1(seed: 3))
    let c = try SqueezeNet.v1_1(seed: 4)
    let key = "fire5/expand3x3.weight"
    #expect(a.parameters[key]?.decoded() == b.parameters[key]?.decoded())
    #expect(a.parameters[key]?.decoded() != c.parameters[key]?.decoded())
  }
}
