import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct MeanTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "Mean",
      opset: 13,
      [
        .value(Tensor([2], [1, 5])), .value(Tensor([2, 1], [3, -4])), .constant(Tensor([1], [2])),
      ],
      [:],
      outputs: [Tensor([2, 2], [2, 3.333333, -0.3333333, 1])]
    ),
    NodeCase(
      "Mean",
      opset: 13,
      [.value(Tensor([2], [1, 5]))],
      [:],
      outputs: [Tensor([2], [1, 5])]
    ),
    NodeCase(
      "Mean",
      opset: 8,
      [.value(Tensor([2], [1, 2])), .value(Tensor([2], [4, 8])), .value(Tensor([2], [1, 1]))],
      [:],
      outputs: [Tensor([2], [2, 3.666667])]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func needsAnInput() {
    #expect(NodeCase("Mean", []).refusal() != nil)
  }
}
