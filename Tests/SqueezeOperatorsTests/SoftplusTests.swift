import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct SoftplusTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "Softplus",
      opset: 1,
      [.value(Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.5, 1, 2.5, 20]))],
      [:],
      outputs: [
        Tensor(
          [10],
          [
            2.061154e-09, 0.04858736, 0.3132617, 0.474077, 0.6931472, 0.8259395, 0.974077, 1.313262,
            2.57889, 20,
          ]
        )
      ]
    )
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func refusesIntegersAndTakesNothing() throws {
    #expect(
      Softplus().refusal(TensorSpec([2], .int32))
        == "Softplus: expected a real input, got int32 [2]"
    )
    #expect(try Softplus()(Tensor([0, 3], []))[0].shape == [0, 3])
  }
}
