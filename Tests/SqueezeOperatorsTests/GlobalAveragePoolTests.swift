import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct GlobalAveragePoolTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "GlobalAveragePool",
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
      outputs: [Tensor([2, 2, 1, 1], [-0.8516666, -0.3216667, -0.5833333, 0.07499999])]
    ),
    NodeCase(
      "GlobalAveragePool",
      opset: 13,
      [.value(Tensor([1, 2, 4], [1.76, -0.64, -0.26, -0.74, 0.99, -1.84, -1.73, -0.38]))],
      [:],
      outputs: [Tensor([1, 2, 1], [0.03, -0.74])]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func refusesMapsWithoutPositions() {
    #expect(GlobalAveragePool().refusal(TensorSpec([1, 2, 0, 3])) != nil)
    #expect(GlobalAveragePool().refusal(TensorSpec([1, 2])) != nil)
    #expect(GlobalAveragePool().refusal(TensorSpec([1, 2, 2, 2], .int8)) != nil)
  }

  @Test func emptyBatchesStayEmpty() throws {
    #expect(try GlobalAveragePool()(Tensor([0, 3, 2, 2], []))[0].shape == [0, 3, 1, 1])
  }

  @Test func largeMapsKeepTheirPrecision() throws {
    let x = Tensor([1, 1, 1 << 20], [Float](repeating: 0.1, count: 1 << 20))
    #expect(try GlobalAveragePool()(x)[0].scalars == [0.1])
  }
}
