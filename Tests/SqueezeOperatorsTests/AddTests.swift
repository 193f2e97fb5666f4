import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct AddTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "Add",
      opset: 13,
      [
        .value(Tensor([2, 1, 3], [0.65, -0.9, -1.45, 1.15, 0.68, 0.05])),
        .value(Tensor([2, 1], [1.27, 0.2])),
      ],
      [:],
      outputs: [
        Tensor(
          [2, 2, 3],
          [1.92, 0.37, -0.1800001, 0.85, -0.7, -1.25, 2.42, 1.95, 1.32, 1.35, 0.88, 0.25]
        )
      ]
    ),
    NodeCase(
      "Add",
      opset: 13,
      [.constant(Tensor([3], [2, -4, 0.5])), .value(Tensor([1, 3], [1, 3, -0.5]))],
      [:],
      outputs: [Tensor([1, 3], [3, -1, 0])]
    ),
    NodeCase(
      "Add",
      opset: 8,
      [.value(Tensor([2], [1, 2])), .value(Tensor([1], [0.25]))],
      [:],
      outputs: [Tensor([2], [1.25, 2.25])]
    ),
    NodeCase(
      "Add",
      opset: 14,
      [
        .value(Tensor([4], integers: [7, -7, 6, -6])),
        .value(Tensor([4], integers: [2, 2, -3, 4])),
      ],
      [:],
      outputs: [Tensor([4], integers: [9, -5, 3, -2])]
    ),
    NodeCase(
      "Add",
      opset: 14,
      [
        .value(Tensor([2], integers: [2147483647, -5], type: .int32)),
        .constant(Tensor([1], integers: [1], type: .int32)),
      ],
      [:],
      outputs: [Tensor([2], integers: [-2147483648, -4], type: .int32)]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func sumsOfAnyNumberAreChains() throws {
    let inputs: [NodeCase.Input] = [
      .value(Tensor([2], [1, 2])), .constant(Tensor([1], [10])),
      .value(Tensor([2, 1], [100, 200])),
    ]
    let sum = NodeCase("Sum", inputs)
    #expect(try sum.read().nodes.count == 2)
    #expect(try sum.run() == [Tensor([2, 2], [111, 112, 211, 212])])
    #expect(try NodeCase("Sum", [inputs[0]]).run() == [Tensor([2], [1, 2])])
    #expect(NodeCase("Sum", []).refusal() != nil)
  }

  @Test func refusesWhatDoesNotBroadcast() {
    #expect(
      Add().refusal(TensorSpec([2, 3]), TensorSpec([2]))
        == "Add: expected shapes that broadcast, got [2, 3] and [2]"
    )
    #expect(
      Add().refusal(TensorSpec([2]), TensorSpec([2], .int64))
        == "Add: expected inputs of one type, got float32 and int64"
    )
    #expect(Add().refusal(TensorSpec([2])) == "Add: expected 2 inputs, got 1")
    #expect(Add().refusal(TensorSpec([1 << 30, 1]), TensorSpec([1, 1 << 30])) != nil)
  }

  @Test func emptyAxesStayEmpty() throws {
    #expect(try Add()(Tensor([0, 1], []), ramp([3]))[0].shape == [0, 3])
    #expect(try Add()(Tensor([0], []), ramp([1]))[0].shape == [0])
  }

  @Test func integersWrapAtTheirType() throws {
    let x = Tensor([2], integers: [250, 3], type: .uint8)
    #expect(try Add()(x, Tensor([], integers: [9], type: .uint8))[0].integers == [3, 12])
  }
}
