import SqueezeFormats
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

@Suite("coders within a decode budget")
struct SQZBudgetTests {
  @Test("the parameters that gain least from a slow coder give it up first")
  func order() throws {
    var random = SeededGenerator(seed: 9)
    var model = Model(
      inputs: [ModelInput("x", [1, 128])],
      outputs: ["b"],
      nodes: [
        Node("a", FullyConnected(outputFeatures: 128, hasBias: false), inputs: ["x"]),
        Node("b", FullyConnected(outputFeatures: 128, hasBias: false), inputs: ["a"]),
      ]
    )
    // In `a` half the rows are dense, which contexts see; in `b` nothing is alike.
    for (key, shares) in [("a.weight", [0.9, 0.02]), ("b.weight", [0.46, 0.46])] {
      model.parameters[key] = MaskedCodebook(
        shape: [128, 128],
        indices: (0..<128 * 128).map { element in
          let isKept = Double.random(in: 0..<1, using: &random) < shares[element / 128 % 2]
          return isKept ? UInt16.random(in: 1...4, using: &random) : 0
        },
        centroids: [-1.5, -0.5, 0.5, 1.5]
      )
    }
    // Time for one of the two.
    let writer = SQZWriter(coder: .automatic(decodeBudget: .microseconds(1300)))
    let sizes = try SQZSizes(of: model, writer: writer)
    let isSlow = sizes.parameters.map { $0.coder == "context" || $0.coder == "mixing" }
    #expect(isSlow == [true, false])
  }

  @Test("a smaller budget gives a larger file of faster coders, and every file comes back")
  func files() throws {
    var random = SeededGenerator(seed: 8)
    let indices = (0..<256 * 256).map { element -> UInt16 in
      // Half the columns are dense: contexts pay.
      let isLikely = element % 256 < 128
      guard Float.random(in: 0..<1, using: &random) < (isLikely ? 0.6 : 0.03) else { return 0 }
      return UInt16.random(in: 1...15, using: &random)
    }
    let model = Model(
      inputs: [ModelInput("x", [1, 256])],
      outputs: ["y"],
      nodes: [Node("y", FullyConnected(outputFeatures: 256, hasBias: false), inputs: ["x"])],
      parameters: [
        "y.weight": MaskedCodebook(
          shape: [256, 256],
          indices: indices,
          centroids: (0..<15).map { Float($0) - 7.25 }
        )
      ]
    )
    var previous = 0
    var coders: [String] = []
    for budget in [Duration.seconds(1), .microseconds(50)] {
      let bytes = try SQZWriter(coder: .automatic(decodeBudget: budget)).bytes(of: model)
      #expect(bytes.count > previous)
      previous = bytes.count
      let reader = try SQZReader(bytes: bytes)
      coders.append(reader.entries[0].coder ?? "")
      #expect(ModelComparison(model, try reader.model()).difference == nil)
    }
    #expect(coders == ["context", "raw"])
  }
}
