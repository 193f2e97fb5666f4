import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct DropoutTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "Dropout",
      opset: 7,
      [.value(Tensor([2], [1, 2]))],
      ["ratio": .float(0.3)],
      outputs: [Tensor([2], [1, 2])]
    ),
    NodeCase(
      "Dropout",
      opset: 13,
      [.value(Tensor([2], [1, 2])), .constant(Tensor([], [0.2]))],
      [:],
      outputs: [Tensor([2], [1, 2]), Tensor([2], integers: [1, 1], type: .bool)]
    ),
    NodeCase(
      "Dropout",
      opset: 13,
      [
        .value(Tensor([2], [1, 2])), .constant(Tensor([], [0.2])),
        .constant(Tensor([], integers: [0], type: .bool)),
      ],
      [:],
      outputs: [Tensor([2], [1, 2])]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func theRatioIsAnAttributeThenAnInput() throws {
    let x = NodeCase.Input.value(ramp([2]))
    let old = NodeCase("Dropout", opset: 7, [x], ["ratio": .float(0.3)])
    #expect(try old.only() == Dropout(ratio: 0.3))
    let new = NodeCase("Dropout", opset: 13, [x, .constant(Tensor([], [0.2]))])
    #expect(try new.only() == Dropout(ratio: 0.2))
    #expect(try NodeCase("Dropout", [x]).only() == Dropout(ratio: 0.5))
  }

  @Test func trainingIsUnsupported() {
    let flag = NodeCase.Input.constant(Tensor([], integers: [1], type: .bool))
    let node = NodeCase("Dropout", [.value(ramp([2])), .absent, flag])
    #expect(node.refusal()?.contains("training_mode = true is not supported") == true)
  }

  @Test func refusesRatiosOutsideZeroToOne() {
    #expect(
      Dropout(ratio: 1).refusal(TensorSpec([1])) == "Dropout: expected a ratio in 0..<1, got 1.0"
    )
    #expect(Dropout(ratio: .nan).refusal(TensorSpec([1])) != nil)
  }
}
