import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct FullyConnectedTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "Gemm",
      opset: 13,
      [
        .value(Tensor([2, 3], [-0.7, 0.77, 0.01, -0.2, 1.87, -1.34])),
        .constant(Tensor([3, 2], [-0.05, -1.36, 1.75, -0.05, -0.67, -1.33])),
        .constant(Tensor([2], [0.38, -0.4])),
      ],
      [:],
      outputs: [Tensor([2, 2], [1.7558, 0.5002, 4.5603, 1.5607])]
    ),
    NodeCase(
      "Gemm",
      opset: 7,
      [
        .value(Tensor([2, 3], [-0.7, 0.77, 0.01, -0.2, 1.87, -1.34])),
        .constant(Tensor([2, 3], [-0.05, 1.75, -0.67, -1.36, -0.05, -1.33])),
        .constant(Tensor([1, 2], [1, 2])),
      ],
      ["transB": .int(1), "alpha": .float(0.5), "beta": .float(2.0)],
      outputs: [Tensor([2, 2], [2.6879, 4.4501, 4.09015, 4.98035])]
    ),
    NodeCase(
      "Gemm",
      opset: 11,
      [
        .value(Tensor([2, 3], [-0.7, 0.77, 0.01, -0.2, 1.87, -1.34])),
        .constant(Tensor([3, 2], [-0.05, -1.36, 1.75, -0.05, -0.67, -1.33])),
        .constant(Tensor([1], [3])),
      ],
      [:],
      outputs: [Tensor([2, 2], [4.3758, 3.9002, 7.1803, 4.9607])]
    ),
    NodeCase(
      "Gemm",
      opset: 11,
      [
        .value(Tensor([2, 3], [-0.7, 0.77, 0.01, -0.2, 1.87, -1.34])),
        .constant(Tensor([3, 2], [-0.05, -1.36, 1.75, -0.05, -0.67, -1.33])),
      ],
      [:],
      outputs: [Tensor([2, 2], [1.3758, 0.9002, 4.1803, 1.9607])]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func costsWeightsOncePerRow() throws {
    let op = FullyConnected(outputFeatures: 10)
    #expect(try op.macs(for: [TensorSpec([4, 84])]) == 4 * 84 * 10)
    let parameters = try op.parameters(for: [TensorSpec([4, 84])])
    #expect(parameters == [ParameterSpec("weight", [10, 84]), ParameterSpec("bias", [10])])
  }

  @Test func refusesVectorsAndIntegers() {
    #expect(
      FullyConnected(outputFeatures: 2).refusal(TensorSpec([3]))
        == "FullyConnected: expected a real input […, I], got float32 [3]"
    )
    #expect(FullyConnected(outputFeatures: 2).refusal(TensorSpec([1, 3], .uint8)) != nil)
    #expect(FullyConnected(outputFeatures: 0).refusal(TensorSpec([1, 3])) != nil)
  }

  @Test func emptyInputsGiveTheBias() throws {
    let op = FullyConnected(outputFeatures: 2)
    let y = try op.forward([Tensor([1, 0], [])], parameters: [Tensor([2, 0], []), ramp([2])])
    #expect(y == [Tensor([1, 2], [0, 1])])
  }
}
