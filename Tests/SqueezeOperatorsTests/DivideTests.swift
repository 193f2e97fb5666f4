import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct DivideTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "Div",
      opset: 13,
      [
        .value(Tensor([2, 1, 3], [0.65, -0.9, -1.45, 1.15, 0.68, 0.05])),
        .value(Tensor([2, 1], [1.27, 0.2])),
      ],
      [:],
      outputs: [
        Tensor(
          [2, 2, 3],
          [
            0.511811, -0.7086614, -1.141732, 3.25, -4.5, -7.25, 0.9055118, 0.5354331, 0.03937008,
            5.75, 3.4, 0.25,
          ]
        )
      ]
    ),
    NodeCase(
      "Div",
      opset: 13,
      [.constant(Tensor([3], [2, -4, 0.5])), .value(Tensor([1, 3], [1, 3, -0.5]))],
      [:],
      outputs: [Tensor([1, 3], [2, -1.333333, -1])]
    ),
    NodeCase(
      "Div",
      opset: 8,
      [.value(Tensor([2], [1, 2])), .value(Tensor([1], [0.25]))],
      [:],
      outputs: [Tensor([2], [4, 8])]
    ),
    NodeCase(
      "Div",
      opset: 14,
      [
        .value(Tensor([4], integers: [7, -7, 6, -6])),
        .value(Tensor([4], integers: [2, 2, -3, 4])),
      ],
      [:],
      outputs: [Tensor([4], integers: [3, -3, -2, -1])]
    ),
    NodeCase(
      "Div",
      opset: 14,
      [
        .value(Tensor([2], integers: [2147483647, -5], type: .int32)),
        .constant(Tensor([1], integers: [1], type: .int32)),
      ],
      [:],
      outputs: [Tensor([2], integers: [2147483647, -5], type: .int32)]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func divisionByZeroDoesNotTrap() throws {
    #expect(try Divide()(list(7, .min), list(0, -1))[0].integers == [0, .min])
    #expect(try Divide()(Tensor([1], [1]), Tensor([1], [0]))[0].scalars == [.infinity])
  }
}
