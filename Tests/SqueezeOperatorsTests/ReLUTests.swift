import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct ReLUTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "Relu",
      opset: 13,
      [.value(Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.5, 1, 2.5, 20]))],
      [:],
      outputs: [Tensor([10], [0, 0, 0, 0, 0, 0.25, 0.5, 1, 2.5, 20])]
    )
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func refusesIntegersAndTakesNothing() throws {
    #expect(
      ReLU().refusal(TensorSpec([2], .int32)) == "ReLU: expected a real input, got int32 [2]"
    )
    #expect(try ReLU()(Tensor([0, 3], []))[0].shape == [0, 3])
  }
}
