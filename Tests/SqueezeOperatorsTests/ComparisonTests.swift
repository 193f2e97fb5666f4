import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct ComparisonTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "Equal",
      opset: 16,
      [.value(Tensor([1, 3], [1, 2, 3])), .value(Tensor([2, 1], [2, 3]))],
      [:],
      outputs: [Tensor([2, 3], integers: [0, 1, 0, 0, 0, 1], type: .bool)]
    ),
    NodeCase(
      "Equal",
      opset: 16,
      [.value(Tensor([3], integers: [1, 2, 3])), .constant(Tensor([1], integers: [2]))],
      [:],
      outputs: [Tensor([3], integers: [0, 1, 0], type: .bool)]
    ),
    NodeCase(
      "Greater",
      opset: 16,
      [.value(Tensor([1, 3], [1, 2, 3])), .value(Tensor([2, 1], [2, 3]))],
      [:],
      outputs: [Tensor([2, 3], integers: [0, 0, 1, 0, 0, 0], type: .bool)]
    ),
    NodeCase(
      "Greater",
      opset: 16,
      [.value(Tensor([3], integers: [1, 2, 3])), .constant(Tensor([1], integers: [2]))],
      [:],
      outputs: [Tensor([3], integers: [0, 0, 1], type: .bool)]
    ),
    NodeCase(
      "GreaterOrEqual",
      opset: 16,
      [.value(Tensor([1, 3], [1, 2, 3])), .value(Tensor([2, 1], [2, 3]))],
      [:],
      outputs: [Tensor([2, 3], integers: [0, 1, 1, 0, 0, 1], type: .bool)]
    ),
    NodeCase(
      "GreaterOrEqual",
      opset: 16,
      [.value(Tensor([3], integers: [1, 2, 3])), .constant(Tensor([1], integers: [2]))],
      [:],
      outputs: [Tensor([3], integers: [0, 1, 1], type: .bool)]
    ),
    NodeCase(
      "Less",
      opset: 16,
      [.value(Tensor([1, 3], [1, 2, 3])), .value(Tensor([2, 1], [2, 3]))],
      [:],
      outputs: [Tensor([2, 3], integers: [1, 0, 0, 1, 1, 0], type: .bool)]
    ),
    NodeCase(
      "Less",
      opset: 16,
      [.value(Tensor([3], integers: [1, 2, 3])), .constant(Tensor([1], integers: [2]))],
      [:],
      outputs: [Tensor([3], integers: [1, 0, 0], type: .bool)]
    ),
    NodeCase(
      "LessOrEqual",
      opset: 16,
      [.value(Tensor([1, 3], [1, 2, 3])), .value(Tensor([2, 1], [2, 3]))],
      [:],
      outputs: [Tensor([2, 3], integers: [1, 1, 0, 1, 1, 1], type: .bool)]
    ),
    NodeCase(
      "LessOrEqual",
      opset: 16,
      [.value(Tensor([3], integers: [1, 2, 3])), .constant(Tensor([1], integers: [2]))],
      [:],
      outputs: [Tensor([3], integers: [1, 1, 0], type: .bool)]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func nothingEqualsNaN() throws {
    let x = Tensor([1], [.nan])
    #expect(try Comparison(.equal)(x, x)[0] == Tensor([1], integers: [0], type: .bool))
  }

  @Test func refusesMixedTypesAndShapesThatDoNotBroadcast() {
    #expect(
      Comparison(.less).refusal(TensorSpec([2]), TensorSpec([2], .int64))
        == "Comparison: expected inputs of one type, got float32 and int64"
    )
    #expect(
      Comparison(.less).refusal(TensorSpec([2]), TensorSpec([3]))
        == "Comparison: expected shapes that broadcast, got [2] and [3]"
    )
  }
}
