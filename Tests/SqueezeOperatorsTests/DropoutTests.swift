import SqueezeGraph
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

  @Test func droppingKeepsTheMeanAndItsMaskIsTheGradient() throws {
    let x = Tensor([40, 50], [Float](repeating: 2, count: 2000))
    let op = Dropout(ratio: 0.25, hasMask: true)
    let pass = try op.trainingForward([x], parameters: [], context: TrainingContext(seed: 3))
    let y = pass.outputs[0].scalars
    #expect(Set(y) == [0, 2 / 0.75])
    #expect(abs(y.reduce(0, +) / 2000 - 2) < 0.1)
    #expect(pass.outputs[1].integers == y.map { $0 > 0 ? 1 : 0 })
    let dy = Tensor(x.shape, (0..<2000).map { Float($0) })
    let back = try op.backward(
      BackwardPass(
        inputs: [x],
        outputs: pass.outputs,
        saved: pass.saved,
        gradients: [dy, Tensor(zeros: x.shape)]
      )
    )
    #expect(back.inputs[0]?.scalars == (0..<2000).map { Float($0) * (y[$0] > 0 ? 1 / 0.75 : 0) })
    let again = try op.trainingForward([x], parameters: [], context: TrainingContext(seed: 3))
    let other = try op.trainingForward([x], parameters: [], context: TrainingContext(seed: 4))
    #expect(again.outputs == pass.outputs)
    #expect(other.outputs != pass.outputs)
  }
}
