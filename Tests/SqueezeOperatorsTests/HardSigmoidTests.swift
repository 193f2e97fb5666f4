import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct HardSigmoidTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "HardSigmoid",
      opset: 6,
      [.value(Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.5, 1, 2.5, 20]))],
      [:],
      outputs: [Tensor([10], [0, 0, 0.3, 0.4, 0.5, 0.55, 0.6, 0.7, 1, 1])]
    ),
    NodeCase(
      "HardSigmoid",
      opset: 6,
      [.value(Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.5, 1, 2.5, 20]))],
      ["alpha": .float(0.3), "beta": .float(0.4)],
      outputs: [Tensor([10], [0, 0, 0.09999999, 0.25, 0.4, 0.475, 0.55, 0.7, 1, 1])]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func attributesHaveTheStandardsDefaults() throws {
    let node = NodeCase("HardSigmoid", opset: 6, [.value(ramp([2]))])
    #expect(try node.only() == HardSigmoid(slope: 0.2, offset: 0.5))
  }

  @Test func refusesAttributesThatAreNotFinite() {
    for op in [HardSigmoid(slope: .nan), HardSigmoid(offset: .infinity)] {
      #expect(
        op.refusal(TensorSpec([2]))?.hasPrefix("HardSigmoid: expected sound attributes") == true
      )
    }
  }

  @Test func refusesIntegersAndTakesNothing() throws {
    #expect(
      HardSigmoid().refusal(TensorSpec([2], .int32))
        == "HardSigmoid: expected a real input, got int32 [2]"
    )
    #expect(try HardSigmoid()(Tensor([0, 3], []))[0].shape == [0, 3])
  }
}
