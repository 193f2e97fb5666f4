import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct ELUTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "Elu",
      opset: 6,
      [.value(Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.5, 1, 2.5, 20]))],
      [:],
      outputs: [Tensor([10], [-1, -0.950213, -0.6321205, -0.3934693, 0, 0.25, 0.5, 1, 2.5, 20])]
    ),
    NodeCase(
      "Elu",
      opset: 6,
      [.value(Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.5, 1, 2.5, 20]))],
      ["alpha": .float(0.4)],
      outputs: [Tensor([10], [-0.4, -0.3800852, -0.2528482, -0.1573877, 0, 0.25, 0.5, 1, 2.5, 20])]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func attributesHaveTheStandardsDefaults() throws {
    let node = NodeCase("Elu", opset: 6, [.value(ramp([2]))])
    #expect(try node.only() == ELU(alpha: 1))
  }

  @Test func refusesAttributesThatAreNotFinite() {
    for op in [ELU(alpha: .nan)] {
      #expect(op.refusal(TensorSpec([2]))?.hasPrefix("ELU: expected sound attributes") == true)
    }
  }

  @Test func refusesIntegersAndTakesNothing() throws {
    #expect(
      ELU().refusal(TensorSpec([2], .int32)) == "ELU: expected a real input, got int32 [2]"
    )
    #expect(try ELU()(Tensor([0, 3], []))[0].shape == [0, 3])
  }
}
