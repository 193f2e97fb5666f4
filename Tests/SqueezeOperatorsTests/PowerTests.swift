import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct PowerTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "Pow",
      opset: 13,
      [.value(Tensor([3], [0.25, 2, 9])), .value(Tensor([1], [0.5]))],
      [:],
      outputs: [Tensor([3], [0.5, 1.414214, 3])]
    ),
    NodeCase(
      "Pow",
      opset: 7,
      [.value(Tensor([2], [-2, 2])), .value(Tensor([2, 1], [3, -1]))],
      [:],
      outputs: [Tensor([2, 2], [-8, 8, -0.5, 0.5])]
    ),
    NodeCase(
      "Pow",
      opset: 13,
      [.value(Tensor([2], [-2, 3])), .constant(Tensor([], integers: [2]))],
      [:],
      outputs: [Tensor([2], [4, 9])]
    ),
    NodeCase(
      "Pow",
      opset: 12,
      [.value(Tensor([2], [-2, 3])), .value(Tensor([2], integers: [3, 2], type: .int32))],
      [:],
      outputs: [Tensor([2], [-8, 9])]
    ),
    NodeCase(
      "Pow",
      opset: 13,
      [
        .value(Tensor([5], integers: [2, -3, 2, -1, 1])),
        .value(Tensor([5], integers: [10, 3, 0, 7, 5])),
      ],
      [:],
      outputs: [Tensor([5], integers: [1024, -27, 1, -1, 1])]
    ),
    NodeCase(
      "Pow",
      opset: 13,
      [
        .value(Tensor([4], integers: [2, -1, 1, -1])),
        .constant(Tensor([4], integers: [-1, -3, -5, -2])),
      ],
      [:],
      outputs: [Tensor([4], integers: [0, -1, 1, 1])]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func fractionalPowersOfNegativesAreNaN() throws {
    #expect(try Power()(Tensor([1], [-8]), Tensor([1], [0.5]))[0].scalars[0].isNaN)
  }

  @Test func hugeExponentsEnd() throws {
    #expect(try Power()(list(1, -1, 0, 2), list(.max))[0].integers == [1, -1, 0, 0])
    #expect(try Power()(list(0, 5), list(.min))[0].integers == [0, 0])
  }
}
