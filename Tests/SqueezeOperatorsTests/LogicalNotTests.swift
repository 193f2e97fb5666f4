import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct LogicalNotTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "Not",
      opset: 13,
      [.value(Tensor([3], integers: [0, 1, 1], type: .bool))],
      [:],
      outputs: [Tensor([3], integers: [1, 0, 0], type: .bool)]
    )
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func refusesWhatIsNotBool() {
    #expect(
      LogicalNot().refusal(TensorSpec([2]))
        == "LogicalNot: expected an input of type bool, got float32 [2]"
    )
  }
}
