import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct HardSwishTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "HardSwish",
      opset: 14,
      [.value(Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.5, 1, 2.5, 20]))],
      [:],
      outputs: [
        Tensor(
          [10],
          [-0, -0, -0.3333333, -0.2083333, 0, 0.1354167, 0.2916667, 0.6666667, 2.291667, 20]
        )
      ]
    )
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func refusesIntegersAndTakesNothing() throws {
    #expect(
      HardSwish().refusal(TensorSpec([2], .int32))
        == "HardSwish: expected a real input, got int32 [2]"
    )
    #expect(try HardSwish()(Tensor([0, 3], []))[0].shape == [0, 3])
  }
}
