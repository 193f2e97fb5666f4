import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct RewriteTests {
  @Test func replacesUsesAlongChains() {
    var model = smallModel()
    model.replaceUses(["relu": "conv", "scores": "relu"])
    #expect(model.nodes[2].inputs == ["conv"])
    #expect(model.outputs == ["conv"])
  }

  @Test func aCircleOfReplacementsEnds() {
    var model = smallModel()
    model.replaceUses(["conv": "relu", "relu": "conv"])
    #expect(model.nodes.count == 3)
  }

  @Test func removesUnusedNodesWithTheirParameters() throws {
    var model = smallModel()
    model.outputs = ["relu"]
    model.removeUnusedNodes()
    #expect(model.nodes.map(\.name) == ["conv", "relu"])
    #expect(model.parameters.keys.sorted() == ["conv.bias", "conv.weight"])
    _ = try model.infer()
  }

  @Test func aValueEndsWithItsLastUse() {
    let lifetimes = smallModel().lifetimes()
    #expect(lifetimes.lastUse == ["x": 0, "conv": 1, "relu": 2, "scores": 3])
    #expect(lifetimes.endingAt[1] == ["conv"])
  }
}
