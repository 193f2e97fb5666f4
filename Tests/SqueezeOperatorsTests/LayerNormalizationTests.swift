import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct LayerNormalizationTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "LayerNormalization",
      opset: 17,
      [
        .value(Tensor([2, 3], [1.23, 0.73, -1.42, -0.14, -1.8, 1.21])),
        .constant(Tensor([3], [0.5, 2, 1])), .constant(Tensor([3], [1, -1, 0])),
      ],
      [:],
      outputs: [Tensor([2, 3], [1.456664, -0.04318035, -1.391738, 1.041971, -3.529105, 1.18061])]
    ),
    NodeCase(
      "LayerNormalization",
      opset: 17,
      [
        .value(Tensor([2, 2, 2], [0.87, 1.22, 1.04, -0.93, 1.16, -1, -1.45, -0.44])),
        .constant(Tensor([2, 2], [0.5, 2, 1, 3])),
      ],
      ["axis": .int(-2), "epsilon": .float(0.1)],
      outputs: [
        Tensor(
          [2, 2, 2],
          [0.1740107, 1.45734, 0.5329077, -4.828797, 0.768555, -1.095523, -0.9821095, -0.02171739]
        )
      ]
    ),
    NodeCase(
      "LayerNormalization",
      opset: 17,
      [
        .value(Tensor([1, 2, 2], [-0.01, -0.86, 0.42, 0.41])), .constant(Tensor([1], [2])),
        .constant(Tensor([2], [1, -1])),
      ],
      ["axis": .int(1)],
      outputs: [Tensor([1, 2, 2], [1, -4.265851, 2.652136, 0.6137145])]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func parametersCoverTheNormalizedAxes() throws {
    let op = LayerNormalization(axis: 1, hasBias: false)
    #expect(try op.parameters(for: [TensorSpec([2, 3, 4])]) == [ParameterSpec("scale", [3, 4])])
  }

  @Test func statisticsAsOutputsAreUnsupported() {
    let node = NodeCase("LayerNormalization", [.value(ramp([1, 2])), .constant(ramp([2]))])
    #expect(node.refusal(outputs: 3)?.contains("is not supported") == true)
    #expect(node.refusal() == nil)
  }

  @Test func refusesAxesThatDoNotExist() {
    #expect(
      LayerNormalization(axis: 2).refusal(TensorSpec([2, 3]))
        == "LayerNormalization: expected a real input with axis 2, got float32 [2, 3]"
    )
    #expect(LayerNormalization(epsilon: .infinity).refusal(TensorSpec([2, 3])) != nil)
  }
}
