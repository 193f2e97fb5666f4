import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct GELUTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "Gelu",
      opset: 20,
      [.value(Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.5, 1, 2.5, 20]))],
      [:],
      outputs: [
        Tensor(
          [10],
          [
            -0, -0.004049689, -0.1586553, -0.1542688, 0, 0.1496766, 0.3457312, 0.8413447, 2.484476,
            20,
          ]
        )
      ]
    ),
    NodeCase(
      "Gelu",
      opset: 20,
      [.value(Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.5, 1, 2.5, 20]))],
      ["approximate": .string("tanh")],
      outputs: [
        Tensor(
          [10],
          [-0, -0.003637522, -0.158808, -0.154286, 0, 0.1496754, 0.345714, 0.841192, 2.484916, 20]
        )
      ]
    ),
    NodeCase(
      "com.microsoft.Gelu",
      opset: 1,
      [.value(Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.5, 1, 2.5, 20]))],
      [:],
      outputs: [
        Tensor(
          [10],
          [
            -0, -0.004049689, -0.1586553, -0.1542688, 0, 0.1496766, 0.3457312, 0.8413447, 2.484476,
            20,
          ]
        )
      ]
    ),
    NodeCase(
      "com.microsoft.FastGelu",
      opset: 1,
      [.value(Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.5, 1, 2.5, 20]))],
      [:],
      outputs: [
        Tensor(
          [10],
          [-0, -0.003637522, -0.158808, -0.154286, 0, 0.1496754, 0.345714, 0.841192, 2.484916, 20]
        )
      ]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func refusesIntegersAndTakesNothing() throws {
    #expect(
      GELU().refusal(TensorSpec([2], .int32)) == "GELU: expected a real input, got int32 [2]"
    )
    #expect(try GELU()(Tensor([0, 3], []))[0].shape == [0, 3])
  }

  @Test func aBiasIsUnsupported() {
    let x = NodeCase.Input.value(ramp([2]))
    let node = NodeCase("com.microsoft.FastGelu", opset: 1, [x, .constant(ramp([2]))])
    #expect(node.refusal()?.contains("a bias is not supported") == true)
  }
}
