import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import Testing

@testable import SqueezeFormats

@Suite("coders within a decode budget")
struct SQZBudgetTests {
  private typealias Option = SQZBudget.Option

  @Test("without a budget, or with a large one, the smallest wins")
  func smallest() {
    let options = [
      [Option(byteCount: 10, nanoseconds: 5), Option(byteCount: 9, nanoseconds: 50)],
      [Option(byteCount: 7, nanoseconds: 4), Option(byteCount: 7, nanoseconds: 3)],
    ]
    #expect(SQZBudget.choose(options, budget: nil) == [1, 1])
    #expect(SQZBudget.choose(options, budget: 53) == [1, 1])
  }

  @Test("a tight budget changes what costs the fewest bytes for its time")
  func tight() {
    let options = [
      [Option(byteCount: 100, nanoseconds: 100), Option(byteCount: 110, nanoseconds: 10)],
      [Option(byteCount: 100, nanoseconds: 100), Option(byteCount: 101, nanoseconds: 10)],
      [Option(byteCount: 50, nanoseconds: 1)],
    ]
    #expect(SQZBudget.choose(options, budget: 150) == [0, 1, 0])
    #expect(SQZBudget.choose(options, budget: 100) == [1, 1, 0])
    #expect(SQZBudget.choose(options, budget: 0) == [1, 1, 0], "the fastest, though over budget")
    #expect(SQZBudget.choose([], budget: 0) == [])
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
