import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct ShapeErrorTests {
  @Test func namesOperatorNodeAndSizes() {
    var model = smallModel()
    model.nodes[0] = Node(
      "fire2/squeeze",
      Convolution(outputChannels: 4, window: SlidingWindow(1), groups: 3),
      inputs: ["x"],
      outputs: ["conv"]
    )
    let error = #expect(throws: ModelError.self) { try model.infer() }
    #expect(
      error.map { "\($0)" }
        == "Convolution \"fire2/squeeze\": expected input channels divisible by 3 groups, got 2"
    )
  }

  @Test func hugeShapesAreRefusedBeforeTheyOverflow() {
    let op = FullyConnected(outputFeatures: 1 << 40)
    #expect(throws: ShapeError.self) {
      try op.checkedOutputs(for: [TensorSpec([1 << 30, 1 << 8])])
    }
    #expect(throws: ShapeError.self) { try ReLU().checkedOutputs(for: [TensorSpec([-1, 3])]) }
  }
}
