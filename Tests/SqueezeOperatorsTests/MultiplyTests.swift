import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct MultiplyTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "Mul",
      opset: 13,
      [
        .value(Tensor([2, 1, 3], [0.65, -0.9, -1.45, 1.15, 0.68, 0.05])),
        .value(Tensor([2, 1], [1.27, 0.2])),
      ],
      [:],
      outputs: [
        Tensor(
          [2, 2, 3],
          [0.8255, -1.143, -1.8415, 0.13, -0.18, -0.29, 1.4605, 0.8636, 0.0635, 0.23, 0.136, 0.01]
        )
      ]
    ),
    NodeCase(
      "Mul",
      opset: 13,
      [.constant(Tensor([3], [2, -4, 0.5])), .value(Tensor([1, 3], [1, 3, -0.5]))],
      [:],
      outputs: [Tensor([1, 3], [2, -12, -0.25])]
    ),
    NodeCase(
      "Mul",
      opset: 8,
      [.value(Tensor([2], [1, 2])), .value(Tensor([1], [0.25]))],
      [:],
      outputs: [Tensor([2], [0.25, 0.5])]
    ),
    NodeCase(
      "Mul",
      opset: 14,
      [
        .value(Tensor([4], integers: [7, -7, 6, -6])),
        .value(Tensor([4], integers: [2, 2, -3, 4])),
      ],
      [:],
      outputs: [Tensor([4], integers: [14, -14, -18, -24])]
    ),
    NodeCase(
      "Mul",
      opset: 14,
      [
        .value(Tensor([2], integers: [2147483647, -5], type: .int32)),
        .constant(Tensor([1], integers: [1], type: .int32)),
      ],
      [:],
      outputs: [Tensor([2], integers: [2147483647, -5], type: .int32)]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }
}
