import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite struct IdentityRemovalTests {
  @Test func removesNodesWithoutEffect() throws {
    let model = try seededModel(
      images(2, 3),
      [
        Node("a", Identity(), inputs: ["x"]),
        Node("b", Dropout(), inputs: ["a"]),
        Node("c", Reshape([0, 2, 3, -1]), inputs: ["b"]),
        Node("d", Transpose([0, 1, 2, 3]), inputs: ["c"]),
        Node("e", Cast(.float32), inputs: ["d"]),
        Node("f", Pad(begin: [0, 0, 0, 0], end: [0, 0, 0, 0]), inputs: ["e"]),
        Node("g", Slice(axes: [2], starts: [0], ends: [.max]), inputs: ["f"]),
        Node("h", Concatenate(axis: 1), inputs: ["g"]),
        Node("i", Tile([1, 1, 1, 1]), inputs: ["h"]),
        Node("y", ReLU(), inputs: ["i"]),
      ],
      outputs: ["y"]
    )
    let removed = try IdentityRemoval().apply(to: model)
    #expect(removed.nodes.map(\.name) == ["y"])
    try expectSameFunction(model, removed)
  }

  @Test func nodesWithEffectStay() throws {
    let model = try seededModel(
      images(2, 3),
      [
        Node("a", Slice(axes: [2], starts: [-1], ends: [.min], steps: [-1]), inputs: ["x"]),
        Node("b", Transpose([0, 1, 3, 2]), inputs: ["a"]),
        Node("c", Reshape([1, -1, 3, 3]), inputs: ["b"]),  // [1, 2, 3, 3] for a batch of one only
        Node("y", Cast(.int32), inputs: ["c"]),
      ],
      outputs: ["y"]
    )
    #expect(try IdentityRemoval().apply(to: model).nodes == model.nodes)
  }

  @Test func aReversedAxisOfFixedSizeStays() throws {
    let model = try seededModel(
      [ModelInput("x", [3])],
      [Node("y", Slice(axes: [0], starts: [2], ends: [.min], steps: [-1]), inputs: ["x"])],
      outputs: ["y"]
    )
    #expect(try IdentityRemoval().apply(to: model).nodes == model.nodes)
  }

  @Test func outputsKeepTheirNames() throws {
    let model = try seededModel(
      images(2, 3),
      [
        Node("relu", ReLU(), inputs: ["x"], outputs: ["inner"]),
        Node("id", Identity(), inputs: ["inner"], outputs: ["scores"]),
        Node("also", Cast(.int8), inputs: ["inner"]),
      ],
      outputs: ["scores", "also"]
    )
    let removed = try IdentityRemoval().apply(to: model)
    #expect(removed.nodes.map(\.name) == ["relu", "also"])
    #expect(removed.outputs == ["scores", "also"])
    try expectSameFunction(model, removed)
  }

  @Test func anInputThatIsAnOutputKeepsItsIdentity() throws {
    let model = try seededModel(
      images(2, 3),
      [
        Node("first", Identity(), inputs: ["x"]),
        Node("second", Identity(), inputs: ["first"]),
      ],
      outputs: ["first", "second"]
    )
    let removed = try IdentityRemoval().apply(to: model)
    #expect(removed.outputs == ["first", "second"])
    try expectSameFunction(model, removed)
  }

  @Test func aLongChainTakesLinearTime() throws {
    let count = 20_000
    let nodes = (0..<count).map {
      Node("n\($0)", Identity(), inputs: [$0 == 0 ? "x" : "n\($0 - 1)"])
    }
    let model = Model(
      inputs: [ModelInput("x", [1, 2])],
      outputs: ["y"],
      nodes: nodes + [Node("y", ReLU(), inputs: ["n\(count - 1)"])]
    )
    let clock = ContinuousClock()
    let start = clock.now
    let result = try IdentityRemoval().apply(to: model)
    #expect(clock.now - start < .seconds(2))
    #expect(result.nodes == [Node("y", ReLU(), inputs: ["x"])])
  }
}
