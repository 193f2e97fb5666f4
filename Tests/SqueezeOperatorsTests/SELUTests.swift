import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct SELUTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "Selu",
      opset: 6,
      [.value(Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.5, 1, 2.5, 20]))],
      [:],
      outputs: [
        Tensor(
          [10],
          [
            -1.758099, -1.670569, -1.111331, -0.6917582, 0, 0.2626753, 0.5253505, 1.050701,
            2.626753, 21.01402,
          ]
        )
      ]
    ),
    NodeCase(
      "Selu",
      opset: 6,
      [.value(Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.5, 1, 2.5, 20]))],
      ["alpha": .float(1.5), "gamma": .float(0.7)],
      outputs: [
        Tensor([10], [-1.05, -0.9977236, -0.6637266, -0.4131428, 0, 0.175, 0.35, 0.7, 1.75, 14])
      ]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func attributesHaveTheStandardsDefaults() throws {
    let node = NodeCase("Selu", opset: 6, [.value(ramp([2]))])
    #expect(try node.only() == SELU())
  }

  @Test func refusesIntegersAndTakesNothing() throws {
    #expect(
      SELU().refusal(TensorSpec([2], .int32)) == "SELU: expected a real input, got int32 [2]"
    )
    #expect(try SELU()(Tensor([0, 3], []))[0].shape == [0, 3])
  }
}
