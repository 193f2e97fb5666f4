import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct GemmTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "Gemm",
      opset: 13,
      [
        .value(Tensor([2, 3], [-0.7, 0.77, 0.01, -0.2, 1.87, -1.34])),
        .value(Tensor([3, 2], [-0.05, -1.36, 1.75, -0.05, -0.67, -1.33])),
      ],
      [:],
      outputs: [Tensor([2, 2], [1.3758, 0.9002, 4.1803, 1.9607])]
    ),
    NodeCase(
      "Gemm",
      opset: 13,
      [
        .value(Tensor([2, 3], [-0.7, 0.77, 0.01, -0.2, 1.87, -1.34])),
        .value(Tensor([3, 2], [-0.05, -1.36, 1.75, -0.05, -0.67, -1.33])),
      ],
      ["alpha": .float(0.5)],
      outputs: [Tensor([2, 2], [0.6878999, 0.4501, 2.09015, 0.9803501])]
    ),
    NodeCase(
      "Gemm",
      opset: 13,
      [
        .value(Tensor([3, 2], [-0.7, -0.2, 0.77, 1.87, 0.01, -1.34])),
        .value(Tensor([2, 3], [-0.05, 1.75, -0.67, -1.36, -0.05, -1.33])),
        .value(Tensor([2], [0.38, -0.4])),
      ],
      ["transA": .int(1), "transB": .int(1), "alpha": .float(2.0), "beta": .float(0.5)],
      outputs: [Tensor([2, 2], [2.9416, 1.6004, 8.5506, 3.7214])]
    ),
    NodeCase(
      "Gemm",
      opset: 13,
      [
        .value(Tensor([3, 2], [-0.7, -0.2, 0.77, 1.87, 0.01, -1.34])),
        .constant(Tensor([3, 2], [-0.05, -1.36, 1.75, -0.05, -0.67, -1.33])),
      ],
      ["transA": .int(1)],
      outputs: [Tensor([2, 2], [1.3758, 0.9002, 4.1803, 1.9607])]
    ),
    NodeCase(
      "Gemm",
      opset: 11,
      [
        .value(Tensor([2, 3], [-0.7, 0.77, 0.01, -0.2, 1.87, -1.34])),
        .constant(Tensor([3, 2], [-0.05, -1.36, 1.75, -0.05, -0.67, -1.33])),
        .value(Tensor([2], [0.38, -0.4])),
      ],
      [:],
      outputs: [Tensor([2, 2], [1.7558, 0.5002, 4.5603, 1.5607])]
    ),
    NodeCase(
      "Gemm",
      opset: 11,
      [
        .value(Tensor([2, 3], [-0.7, 0.77, 0.01, -0.2, 1.87, -1.34])),
        .constant(Tensor([3, 2], [-0.05, -1.36, 1.75, -0.05, -0.67, -1.33])),
        .constant(Tensor([2, 1], [1, 2])),
      ],
      ["beta": .float(3.0)],
      outputs: [Tensor([2, 2], [4.3758, 3.9002, 10.1803, 7.9607])]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }
}
