import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct MishTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "Mish",
      opset: 18,
      [.value(Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.5, 1, 2.5, 20]))],
      [:],
      outputs: [
        Tensor(
          [10],
          [
            -4.122307e-08, -0.1456475, -0.3034014, -0.2207438, 0, 0.1695724, 0.3752452, 0.8650985,
            2.471392, 20,
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
      Mish().refusal(TensorSpec([2], .int32)) == "Mish: expected a real input, got int32 [2]"
    )
    #expect(try Mish()(Tensor([0, 3], []))[0].shape == [0, 3])
  }
}
