import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct SoftsignTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "Softsign",
      opset: 1,
      [.value(Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.5, 1, 2.5, 20]))],
      [:],
      outputs: [
        Tensor(
          [10],
          [-0.952381, -0.75, -0.5, -0.3333333, 0, 0.2, 0.3333333, 0.5, 0.7142857, 0.952381]
        )
      ]
    )
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func refusesIntegersAndTakesNothing() throws {
    #expect(
      Softsign().refusal(TensorSpec([2], .int32))
        == "Softsign: expected a real input, got int32 [2]"
    )
    #expect(try Softsign()(Tensor([0, 3], []))[0].shape == [0, 3])
  }
}
