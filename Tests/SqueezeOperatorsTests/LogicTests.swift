import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct LogicTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "And",
      opset: 13,
      [
        .value(Tensor([4], integers: [0, 0, 1, 1], type: .bool)),
        .value(Tensor([4], integers: [0, 1, 0, 1], type: .bool)),
      ],
      [:],
      outputs: [Tensor([4], integers: [0, 0, 0, 1], type: .bool)]
    ),
    NodeCase(
      "Or",
      opset: 13,
      [
        .value(Tensor([4], integers: [0, 0, 1, 1], type: .bool)),
        .value(Tensor([4], integers: [0, 1, 0, 1], type: .bool)),
      ],
      [:],
      outputs: [Tensor([4], integers: [0, 1, 1, 1], type: .bool)]
    ),
    NodeCase(
      "Xor",
      opset: 13,
      [
        .value(Tensor([4], integers: [0, 0, 1, 1], type: .bool)),
        .value(Tensor([4], integers: [0, 1, 0, 1], type: .bool)),
      ],
      [:],
      outputs: [Tensor([4], integers: [0, 1, 1, 0], type: .bool)]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func refusesWhatIsNotBool() {
    #expect(
      Logic(.and).refusal(TensorSpec([2], .bool), TensorSpec([2], .int64))
        == "Logic: expected inputs of type bool, got bool and int64"
    )
    #expect(Logic(.or).refusal(TensorSpec([2], .bool), TensorSpec([3], .bool)) != nil)
  }
}
