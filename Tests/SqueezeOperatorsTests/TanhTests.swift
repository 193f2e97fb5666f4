import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct TanhTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "Tanh",
      opset: 13,
      [.value(Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.5, 1, 2.5, 20]))],
      [:],
      outputs: [
        Tensor(
          [10],
          [
            -1, -0.9950547, -0.7615942, -0.4621172, 0, 0.2449187, 0.4621172, 0.7615942, 0.9866143,
            1,
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
      Tanh().refusal(TensorSpec([2], .int32)) == "Tanh: expected a real input, got int32 [2]"
    )
    #expect(try Tanh()(Tensor([0, 3], []))[0].shape == [0, 3])
  }
}
