import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct SubtractTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "Sub",
      opset: 13,
      [
        .value(Tensor([2, 1, 3], [0.65, -0.9, -1.45, 1.15, 0.68, 0.05])),
        .value(Tensor([2, 1], [1.27, 0.2])),
      ],
      [:],
      outputs: [
        Tensor(
          [2, 2, 3],
          [-0.62, -2.17, -2.72, 0.45, -1.1, -1.65, -0.12, -0.59, -1.22, 0.95, 0.48, -0.15]
        )
      ]
    ),
    NodeCase(
      "Sub",
      opset: 13,
      [.constant(Tensor([3], [2, -4, 0.5])), .value(Tensor([1, 3], [1, 3, -0.5]))],
      [:],
      outputs: [Tensor([1, 3], [1, -7, 1])]
    ),
    NodeCase(
      "Sub",
      opset: 8,
      [.value(Tensor([2], [1, 2])), .value(Tensor([1], [0.25]))],
      [:],
      outputs: [Tensor([2], [0.75, 1.75])]
    ),
    NodeCase(
      "Sub",
      opset: 14,
      [
        .value(Tensor([4], integers: [7, -7, 6, -6])),
        .value(Tensor([4], integers: [2, 2, -3, 4])),
      ],
      [:],
      outputs: [Tensor([4], integers: [5, -9, 9, -10])]
    ),
    NodeCase(
      "Sub",
      opset: 14,
      [
        .value(Tensor([2], integers: [2147483647, -5], type: .int32)),
        .constant(Tensor([1], integers: [1], type: .int32)),
      ],
      [:],
      outputs: [Tensor([2], integers: [2147483646, -6], type: .int32)]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }
}
