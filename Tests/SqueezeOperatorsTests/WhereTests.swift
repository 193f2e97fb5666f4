import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct WhereTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "Where",
      opset: 16,
      [
        .value(Tensor([2, 1], integers: [1, 0], type: .bool)), .value(Tensor([2], [1, 2])),
        .constant(Tensor([2, 1, 1], [7, 8])),
      ],
      [:],
      outputs: [Tensor([2, 2, 2], [1, 2, 7, 7, 1, 2, 8, 8])]
    ),
    NodeCase(
      "Where",
      opset: 9,
      [
        .value(Tensor([3], integers: [1, 0, 1], type: .bool)),
        .value(Tensor([3], integers: [1, 2, 3])), .constant(Tensor([1], integers: [9])),
      ],
      [:],
      outputs: [Tensor([3], integers: [1, 9, 3])]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func refusesMixedTypesAndShapesThatDoNotBroadcast() {
    let flags = TensorSpec([2], .bool)
    #expect(
      Where().refusal(flags, TensorSpec([2]), TensorSpec([2], .int64))
        == "Where: expected a bool condition and inputs of one type, got bool, float32 and int64"
    )
    #expect(
      Where().refusal(flags, TensorSpec([3]), TensorSpec([1]))
        == "Where: expected shapes that broadcast, got [2], [3] and [1]"
    )
  }

  @Test func emptyAxesStayEmpty() throws {
    let flags = Tensor([1], integers: [1], type: .bool)
    #expect(try Where()(flags, Tensor([0], []), ramp([1]))[0].shape == [0])
  }
}
