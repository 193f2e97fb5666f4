import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct LeakyReLUTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "LeakyRelu",
      opset: 6,
      [.value(Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.5, 1, 2.5, 20]))],
      ["alpha": .float(0.3)],
      outputs: [Tensor([10], [-6, -0.9, -0.3, -0.15, 0, 0.25, 0.5, 1, 2.5, 20])]
    ),
    NodeCase(
      "LeakyRelu",
      opset: 16,
      [.value(Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.5, 1, 2.5, 20]))],
      [:],
      outputs: [Tensor([10], [-0.2, -0.03, -0.01, -0.005, 0, 0.25, 0.5, 1, 2.5, 20])]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func attributesHaveTheStandardsDefaults() throws {
    let node = NodeCase("LeakyRelu", opset: 6, [.value(ramp([2]))])
    #expect(try node.only() == LeakyReLU(slope: 0.01))
  }

  @Test func refusesAttributesThatAreNotFinite() {
    for op in [LeakyReLU(slope: .nan), LeakyReLU(slope: .infinity)] {
      #expect(
        op.refusal(TensorSpec([2]))?.hasPrefix("LeakyReLU: expected sound attributes") == true
      )
    }
  }

  @Test func refusesIntegersAndTakesNothing() throws {
    #expect(
      LeakyReLU().refusal(TensorSpec([2], .int32))
        == "LeakyReLU: expected a real input, got int32 [2]"
    )
    #expect(try LeakyReLU()(Tensor([0, 3], []))[0].shape == [0, 3])
  }
}
