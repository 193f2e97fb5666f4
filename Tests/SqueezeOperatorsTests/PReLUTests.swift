import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct PReLUTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "PRelu",
      opset: 16,
      [
        .value(
          Tensor(
            [2, 2, 3],
            [-1.49, -0, 0.41, -1.89, -1.41, 1.71, -1.72, -1.48, 1.79, 0.49, -0.52, 0.05]
          )
        ), .constant(Tensor([2, 1], [0.5, 0.25])),
      ],
      [:],
      outputs: [
        Tensor(
          [2, 2, 3],
          [-0.745, -0, 0.41, -0.4725, -0.3525, 1.71, -0.86, -0.74, 1.79, 0.49, -0.13, 0.05]
        )
      ]
    ),
    NodeCase(
      "PRelu",
      opset: 9,
      [
        .value(
          Tensor(
            [2, 2, 3],
            [-1.49, -0, 0.41, -1.89, -1.41, 1.71, -1.72, -1.48, 1.79, 0.49, -0.52, 0.05]
          )
        ), .constant(Tensor([1], [0.1])),
      ],
      [:],
      outputs: [
        Tensor(
          [2, 2, 3],
          [-0.149, -0, 0.41, -0.189, -0.141, 1.71, -0.172, -0.148, 1.79, 0.49, -0.052, 0.05]
        )
      ]
    ),
    NodeCase(
      "PRelu",
      opset: 16,
      [
        .value(
          Tensor(
            [2, 2, 3],
            [-1.49, -0, 0.41, -1.89, -1.41, 1.71, -1.72, -1.48, 1.79, 0.49, -0.52, 0.05]
          )
        ), .constant(Tensor([3], [0.1, 0.2, 0.3])),
      ],
      [:],
      outputs: [
        Tensor(
          [2, 2, 3],
          [-0.149, -0, 0.41, -0.189, -0.282, 1.71, -0.172, -0.296, 1.79, 0.49, -0.104, 0.05]
        )
      ]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func slopesAreTrained() throws {
    let op = PReLU(slopeShape: [2, 1])
    #expect(try op.parameters(for: [TensorSpec([2, 2, 3])]) == [ParameterSpec("slope", [2, 1])])
  }

  @Test func refusesSlopesThatDoNotBroadcastToTheInput() {
    #expect(
      PReLU(slopeShape: [3]).refusal(TensorSpec([2, 4]))
        == "PReLU: expected slopes that broadcast to float32 [2, 4], got [3]"
    )
    #expect(PReLU(slopeShape: [2, 1, 1]).refusal(TensorSpec([2, 4])) != nil)
    #expect(PReLU(slopeShape: [1 << 62, 1 << 62]).refusal(TensorSpec([2, 4])) != nil)
    #expect(PReLU(slopeShape: [1]).refusal(TensorSpec([2, 4], .int8)) != nil)
  }
}
