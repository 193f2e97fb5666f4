import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct CELUTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "Celu",
      opset: 12,
      [.value(Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.5, 1, 2.5, 20]))],
      ["alpha": .float(0.5)],
      outputs: [Tensor([10], [-0.5, -0.4987606, -0.4323324, -0.3160603, 0, 0.25, 0.5, 1, 2.5, 20])]
    ),
    NodeCase(
      "Celu",
      opset: 12,
      [.value(Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.5, 1, 2.5, 20]))],
      [:],
      outputs: [Tensor([10], [-1, -0.950213, -0.6321205, -0.3934693, 0, 0.25, 0.5, 1, 2.5, 20])]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func refusesAttributesThatAreNotFinite() {
    for op in [CELU(alpha: 0), CELU(alpha: .nan)] {
      #expect(op.refusal(TensorSpec([2]))?.hasPrefix("CELU: expected sound attributes") == true)
    }
  }

  @Test func refusesIntegersAndTakesNothing() throws {
    #expect(
      CELU().refusal(TensorSpec([2], .int32)) == "CELU: expected a real input, got int32 [2]"
    )
    #expect(try CELU()(Tensor([0, 3], []))[0].shape == [0, 3])
  }
}
