import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct ThresholdedReLUTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "ThresholdedRelu",
      opset: 10,
      [.value(Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.5, 1, 2.5, 20]))],
      [:],
      outputs: [Tensor([10], [0, 0, 0, 0, 0, 0, 0, 0, 2.5, 20])]
    ),
    NodeCase(
      "ThresholdedRelu",
      opset: 10,
      [.value(Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.5, 1, 2.5, 20]))],
      ["alpha": .float(0.4)],
      outputs: [Tensor([10], [0, 0, 0, 0, 0, 0, 0.5, 1, 2.5, 20])]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func attributesHaveTheStandardsDefaults() throws {
    let node = NodeCase("ThresholdedRelu", opset: 10, [.value(ramp([2]))])
    #expect(try node.only() == ThresholdedReLU(threshold: 1))
  }

  @Test func refusesAttributesThatAreNotFinite() {
    for op in [ThresholdedReLU(threshold: .nan)] {
      #expect(
        op.refusal(TensorSpec([2]))?.hasPrefix("ThresholdedReLU: expected sound attributes") == true
      )
    }
  }

  @Test func refusesIntegersAndTakesNothing() throws {
    #expect(
      ThresholdedReLU().refusal(TensorSpec([2], .int32))
        == "ThresholdedReLU: expected a real input, got int32 [2]"
    )
    #expect(try ThresholdedReLU()(Tensor([0, 3], []))[0].shape == [0, 3])
  }
}
