import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct ClipTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "Clip",
      opset: 6,
      [.value(Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.5, 1, 2.5, 20]))],
      ["min": .float(-0.5), "max": .float(0.25)],
      outputs: [Tensor([10], [-0.5, -0.5, -0.5, -0.5, 0, 0.25, 0.25, 0.25, 0.25, 0.25])]
    ),
    NodeCase(
      "Clip",
      opset: 6,
      [.value(Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.5, 1, 2.5, 20]))],
      ["max": .float(0.25)],
      outputs: [Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.25, 0.25, 0.25, 0.25])]
    ),
    NodeCase(
      "Clip",
      opset: 6,
      [.value(Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.5, 1, 2.5, 20]))],
      [:],
      outputs: [Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.5, 1, 2.5, 20])]
    ),
    NodeCase(
      "Clip",
      opset: 11,
      [
        .value(Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.5, 1, 2.5, 20])),
        .constant(Tensor([], [-0.5])), .constant(Tensor([], [6])),
      ],
      [:],
      outputs: [Tensor([10], [-0.5, -0.5, -0.5, -0.5, 0, 0.25, 0.5, 1, 2.5, 6])]
    ),
    NodeCase(
      "Clip",
      opset: 13,
      [
        .value(Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.5, 1, 2.5, 20])), .absent,
        .constant(Tensor([], [0.25])),
      ],
      [:],
      outputs: [Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.25, 0.25, 0.25, 0.25])]
    ),
    NodeCase(
      "Clip",
      opset: 13,
      [
        .value(Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.5, 1, 2.5, 20])),
        .constant(Tensor([], [1])), .constant(Tensor([], [0])),
      ],
      [:],
      outputs: [Tensor([10], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0])]
    ),
    NodeCase(
      "Clip",
      opset: 12,
      [
        .value(Tensor([4], integers: [-9, 0, 3, 70])), .constant(Tensor([], integers: [-3])),
        .constant(Tensor([], integers: [6])),
      ],
      [:],
      outputs: [Tensor([4], integers: [-3, 0, 3, 6])]
    ),
    NodeCase(
      "Clip",
      opset: 12,
      [
        .value(Tensor([3], integers: [3, 70, 200], type: .uint8)),
        .constant(Tensor([], integers: [50], type: .uint8)),
      ],
      [:],
      outputs: [Tensor([3], integers: [50, 70, 200], type: .uint8)]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func limitsOfNoEffectDisappear() throws {
    let x = NodeCase.Input.value(ramp([2]))
    let attributes: [String: ONNXAttribute] = ["min": .float(-.infinity), "max": .float(.infinity)]
    #expect(try NodeCase("Clip", opset: 6, [x], attributes).only() == Clip())
    #expect(Clip.relu6 == Clip(lower: 0, upper: 6))
  }

  @Test func refusesLimitsThatAreNotFinite() {
    #expect(
      Clip(lower: .nan).refusal(TensorSpec([1])) == "Clip: expected finite limits, got nan"
    )
  }

  @Test func limitsComputedAtRunTimeAreUnsupported() {
    let x = NodeCase.Input.value(ramp([2]))
    let node = NodeCase("Clip", [x, .value(Tensor([], [0]))])
    #expect(node.refusal()?.contains("computed at run time is not supported") == true)
  }
}
