import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct GlobalMaxPoolTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "GlobalMaxPool",
      opset: 13,
      [
        .value(
          Tensor(
            [2, 2, 2, 3],
            [
              -1.64, -1.31, -1.9, 1.36, -0.13, -1.49, 0.96, -1.22, -1.75, 0.39, 1.58, -1.89, 1.22,
              -1.24, -1.63, -1.93, -0.83, 0.91, -0.03, 1.41, -1.13, -0.74, -0.97, 1.91,
            ]
          )
        )
      ],
      [:],
      outputs: [Tensor([2, 2, 1, 1], [1.36, 1.58, 1.22, 1.91])]
    ),
    NodeCase(
      "GlobalMaxPool",
      opset: 13,
      [.value(Tensor([1, 2, 4], [-1.02, 1.38, 0.97, 0.18, 0.65, 0.77, 1.12, 1.71]))],
      [:],
      outputs: [Tensor([1, 2, 1], [1.38, 1.71])]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func refusesMapsWithoutPositions() {
    #expect(GlobalMaxPool().refusal(TensorSpec([1, 2, 0, 3])) != nil)
    #expect(GlobalMaxPool().refusal(TensorSpec([1, 2])) != nil)
    #expect(GlobalMaxPool().refusal(TensorSpec([1, 2, 2, 2], .int8)) != nil)
  }

  @Test func emptyBatchesStayEmpty() throws {
    #expect(try GlobalMaxPool()(Tensor([0, 3, 2, 2], []))[0].shape == [0, 3, 1, 1])
  }
}
