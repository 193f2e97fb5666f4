import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct InstanceNormalizationTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "InstanceNormalization",
      opset: 6,
      [
        .value(
          Tensor(
            [2, 2, 2, 2],
            [
              -1.76, 1.48, 0.55, -1.36, -0.01, -1.69, 0.44, -1.07, -1.85, -1.54, 0.22, 0.55, -0.7,
              0.57, -0.59, -1.48,
            ]
          )
        ), .constant(Tensor([2], [0.5, 2])), .constant(Tensor([2], [1, -1])),
      ],
      [:],
      outputs: [
        Tensor(
          [2, 2, 2, 2],
          [
            0.4434384, 1.655714, 1.307746, 0.593102, 0.3594599, -3.629872, 1.428031, -2.157619,
            0.4321703, 0.5794734, 1.415775, 1.572581, -1.409822, 2.060007, -1.109286, -3.540898,
          ]
        )
      ]
    ),
    NodeCase(
      "InstanceNormalization",
      opset: 6,
      [
        .value(
          Tensor([1, 2, 5], [-0.74, -0.42, 1.65, -1.54, -1.66, 0.25, 1.85, 1.63, 0.8, -1.73])
        ), .constant(Tensor([2], [0.5, 2])), .constant(Tensor([2], [1, -1])),
      ],
      ["epsilon": .float(0.1)],
      outputs: [
        Tensor(
          [1, 2, 5],
          [
            0.9197261, 1.049462, 1.888688, 0.5953873, 0.5467365, -1.469837, 0.9551291, 0.621696,
            -0.6362551, -4.470734,
          ]
        )
      ]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func refusesMatricesAndEpsilonsThatAreNoNumber() {
    #expect(
      InstanceNormalization().refusal(TensorSpec([1, 3]))
        == "InstanceNormalization: expected a real input [N, C, H, W], got float32 [1, 3]"
    )
    #expect(InstanceNormalization(epsilon: .nan).refusal(TensorSpec([1, 3, 2])) != nil)
  }

  @Test func mapsWithoutPositionsStayEmpty() throws {
    let parameters = [ramp([3]), ramp([3])]
    let y = try InstanceNormalization().forward([Tensor([2, 3, 0], [])], parameters: parameters)
    #expect(y[0].shape == [2, 3, 0])
  }
}
