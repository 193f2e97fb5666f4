import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct MinimumTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "Min",
      opset: 13,
      [
        .value(Tensor([2, 1, 3], [0.65, -0.9, -1.45, 1.15, 0.68, 0.05])),
        .value(Tensor([2, 1], [1.27, 0.2])),
      ],
      [:],
      outputs: [
        Tensor([2, 2, 3], [0.65, -0.9, -1.45, 0.2, -0.9, -1.45, 1.15, 0.68, 0.05, 0.2, 0.2, 0.05])
      ]
    ),
    NodeCase(
      "Min",
      opset: 13,
      [.value(Tensor([3], [.nan, 1, 2])), .value(Tensor([3], [1, .nan, 1]))],
      [:],
      outputs: [Tensor([3], [.nan, .nan, 1])]
    ),
    NodeCase(
      "Min",
      opset: 13,
      [.value(Tensor([3], integers: [7, -7, 6])), .value(Tensor([1], integers: [2]))],
      [:],
      outputs: [Tensor([3], integers: [2, -7, 2])]
    ),
    NodeCase(
      "Min",
      opset: 13,
      [
        .value(Tensor([2], [1, 5])), .value(Tensor([2, 1], [3, -4])), .constant(Tensor([1], [2])),
      ],
      [:],
      outputs: [Tensor([2, 2], [1, 2, -4, -4])]
    ),
    NodeCase(
      "Min",
      opset: 13,
      [.value(Tensor([2], [1, 5]))],
      [:],
      outputs: [Tensor([2], [1, 5])]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }
}
