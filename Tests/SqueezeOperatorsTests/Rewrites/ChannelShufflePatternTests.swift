import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct ChannelShufflePatternTests {
  private func shuffle(_ split: [Int], _ order: [Int], _ joined: [Int]) throws -> Model {
    try seededModel(
      images(6, 2),
      [
        Node("split", Reshape(split), inputs: ["x"]),
        Node("turned", Transpose(order), inputs: ["split"]),
        Node("joined", Reshape(joined), inputs: ["turned"]),
        Node("y", ReLU(), inputs: ["joined"]),
      ],
      outputs: ["y"]
    )
  }

  @Test(
    "is recognized",
    arguments: [
      ([0, 2, 3, 2, 2], [0, 2, 1, 3, 4], [0, 6, 2, 2], 2),
      ([0, 3, 2, -1], [0, 2, 1, 3], [0, -1, 2, 2], 3),
      ([-1, 3, 2, 4], [0, 2, 1, 3], [-1, 6, 2, 2], 3),
    ]
  )
  func isRecognized(_ split: [Int], _ order: [Int], _ joined: [Int], _ groups: Int) throws {
    let model = try shuffle(split, order, joined)
    let rewritten = try ChannelShufflePattern().apply(to: model)
    #expect(rewritten.nodes.map(\.name) == ["joined", "y"])
    #expect(rewritten.nodes[0].op as? ChannelShuffle == ChannelShuffle(groups: groups))
    try expectSameFunction(model, rewritten, openSize: 3)
  }

  @Test(
    "other reshapes stay",
    arguments: [
      ([0, 2, 3, 2, 2], [0, 1, 2, 4, 3], [0, 6, 2, 2]),
      ([0, 2, 3, 2, 2], [0, 2, 1, 3, 4], [0, 3, 4, 2]),
      ([0, 3, 4, 2], [0, 2, 1, 3], [0, 6, 2, 2]),
    ]
  )
  func othersStay(_ split: [Int], _ order: [Int], _ joined: [Int]) throws {
    let model = try shuffle(split, order, joined)
    #expect(try ChannelShufflePattern().apply(to: model).nodes == model.nodes)
  }

  @Test func aValueThatOthersUseIsNotTouched() throws {
    var model = try shuffle([0, 2, 3, 2, 2], [0, 2, 1, 3, 4], [0, 6, 2, 2])
    model.outputs.append("turned")
    #expect(try ChannelShufflePattern().apply(to: model).nodes == model.nodes)
  }
}
