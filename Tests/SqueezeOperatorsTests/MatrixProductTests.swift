import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct MatrixProductTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "MatMul",
      opset: 13,
      [
        .value(Tensor([2, 3], [1.14, 0.55, 1.61, 1.02, -0.8, 0.58])),
        .value(Tensor([3, 2], [-0.64, 1, -0.46, -1.39, 1.51, 0.76])),
      ],
      [:],
      outputs: [Tensor([2, 2], [1.4485, 1.5991, 0.591, 2.5728])]
    ),
    NodeCase(
      "MatMul",
      opset: 9,
      [
        .value(
          Tensor(
            [2, 1, 2, 3],
            [0.98, 0.24, 1.13, -0.21, 0.26, -1.75, 0.22, 1.26, 0.82, 1.21, -0.02, 1.53]
          )
        ), .value(Tensor([2, 3, 1], [-1.57, 1.5, -0.51, -1.64, 0.48, -0.18])),
      ],
      [:],
      outputs: [
        Tensor(
          [2, 2, 2, 1],
          [-1.7549, 1.6122, -1.6954, 0.7842, 1.1264, -2.71, 0.09639996, -2.2694]
        )
      ]
    ),
    NodeCase(
      "MatMul",
      opset: 13,
      [
        .value(
          Tensor(
            [2, 2, 3],
            [-0.29, 1.41, -1.45, 0.47, -0.34, 0.11, -0, -1.46, 0.05, 1.45, -1.32, -1.95]
          )
        ), .constant(Tensor([3, 2], [-1.73, -0.16, 1.9, -1.82, 1.96, 0.14])),
      ],
      [:],
      outputs: [
        Tensor([2, 2, 2], [0.3386997, -2.7228, -1.2435, 0.559, -2.676, 2.6642, -8.8385, 1.8974])
      ]
    ),
    NodeCase(
      "MatMul",
      opset: 13,
      [
        .constant(Tensor([2, 3], [-1.52, -0.33, -1.17, 0.86, 0.17, -0.85])),
        .value(Tensor([3, 2], [-0.98, 1.47, 1.06, -0.26, -0.38, 0.95])),
      ],
      [:],
      outputs: [Tensor([2, 2], [1.5844, -3.2601, -0.3396, 0.4125001])]
    ),
    NodeCase(
      "MatMul",
      opset: 13,
      [
        .value(Tensor([3], [1.88, -1.68, -1.36])),
        .value(
          Tensor(
            [2, 3, 2],
            [-0.55, 0.03, -1.71, -1.79, -1.12, -0.46, 0.96, 0.44, -1.88, -1.82, -0.19, 1.5]
          )
        ),
      ],
      [:],
      outputs: [Tensor([2, 2], [3.362, 3.6892, 5.2216, 1.8448])]
    ),
    NodeCase(
      "MatMul",
      opset: 13,
      [
        .value(Tensor([2, 3], [1.66, -0.54, 1.55, 1.72, -0.37, 0.98])),
        .value(Tensor([3], [-0.54, -1.39, 0.3])),
      ],
      [:],
      outputs: [Tensor([2], [0.3192, -0.1205])]
    ),
    NodeCase(
      "MatMul",
      opset: 13,
      [
        .value(Tensor([3], [-1.65, 0.65, 1.24])),
        .constant(Tensor([3, 2], [1.66, -0.21, -1.53, 1.61, 1.48, 1.87])),
      ],
      [:],
      outputs: [Tensor([2], [-1.8983, 3.7118])]
    ),
    NodeCase(
      "MatMul",
      opset: 13,
      [.value(Tensor([3], [0.38, 0.69, -0.51])), .value(Tensor([3], [-1.27, -0.83, 0.88]))],
      [:],
      outputs: [Tensor([], [-1.5041])]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func aConstantMatrixOnTheRightIsALayer() throws {
    let weight = NodeCase.Input.constant(ramp([3, 2]))
    let node = NodeCase("MatMul", [.value(ramp([4, 3])), weight])
    #expect(try node.only() == FullyConnected(outputFeatures: 2, hasBias: false))
    #expect(
      try node.read().parameters["node.weight"]?.decoded() == Tensor([2, 3], [0, 2, 4, 1, 3, 5])
    )
  }

  @Test func countsMACs() throws {
    let inputs = [TensorSpec([2, 1, 3, 5]), TensorSpec([4, 5, 6])]
    #expect(try MatrixProduct().macs(for: inputs) == 2 * 4 * 3 * 6 * 5)
  }

  @Test func emptySumsAreZero() throws {
    #expect(
      try MatrixProduct()(Tensor([2, 0], []), Tensor([0, 1], []))[0] == Tensor([2, 1], [0, 0])
    )
    #expect(try MatrixProduct()(Tensor([0, 2, 1], []), ramp([1, 3]))[0].shape == [0, 2, 3])
  }

  @Test func refusesWhatDoesNotFit() {
    #expect(
      MatrixProduct().refusal(TensorSpec([2, 3]), TensorSpec([2, 3]))
        == "MatrixProduct: expected real matrices […, M, K] and […, K, P], "
        + "got float32 [2, 3] and float32 [2, 3]"
    )
    #expect(MatrixProduct().refusal(TensorSpec([]), TensorSpec([3])) != nil)
    #expect(MatrixProduct().refusal(TensorSpec([2, 1, 3]), TensorSpec([3, 3, 1])) != nil)
    #expect(MatrixProduct().refusal(TensorSpec([1, 1], .int8), TensorSpec([1, 1], .int8)) != nil)
  }
}
