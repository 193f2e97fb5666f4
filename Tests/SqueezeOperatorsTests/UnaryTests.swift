import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct UnaryTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "Abs",
      opset: 13,
      [.value(Tensor([8], [-2.5, -1.5, -0.5, 0, 0.3, 0.5, 1.5, 2.5]))],
      [:],
      outputs: [Tensor([8], [2.5, 1.5, 0.5, 0, 0.3, 0.5, 1.5, 2.5])]
    ),
    NodeCase(
      "Ceil",
      opset: 13,
      [.value(Tensor([8], [-2.5, -1.5, -0.5, 0, 0.3, 0.5, 1.5, 2.5]))],
      [:],
      outputs: [Tensor([8], [-2, -1, -0, 0, 1, 1, 2, 3])]
    ),
    NodeCase(
      "Cos",
      opset: 13,
      [.value(Tensor([8], [-2.5, -1.5, -0.5, 0, 0.3, 0.5, 1.5, 2.5]))],
      [:],
      outputs: [
        Tensor(
          [8],
          [-0.8011436, 0.0707372, 0.8775826, 1, 0.9553365, 0.8775826, 0.0707372, -0.8011436]
        )
      ]
    ),
    NodeCase(
      "Erf",
      opset: 13,
      [.value(Tensor([8], [-2.5, -1.5, -0.5, 0, 0.3, 0.5, 1.5, 2.5]))],
      [:],
      outputs: [
        Tensor(
          [8],
          [-0.9995931, -0.9661052, -0.5204999, 0, 0.3286268, 0.5204999, 0.9661052, 0.9995931]
        )
      ]
    ),
    NodeCase(
      "Exp",
      opset: 13,
      [.value(Tensor([8], [-2.5, -1.5, -0.5, 0, 0.3, 0.5, 1.5, 2.5]))],
      [:],
      outputs: [
        Tensor([8], [0.082085, 0.2231302, 0.6065307, 1, 1.349859, 1.648721, 4.481689, 12.18249])
      ]
    ),
    NodeCase(
      "Floor",
      opset: 13,
      [.value(Tensor([8], [-2.5, -1.5, -0.5, 0, 0.3, 0.5, 1.5, 2.5]))],
      [:],
      outputs: [Tensor([8], [-3, -2, -1, 0, 0, 0, 1, 2])]
    ),
    NodeCase(
      "Neg",
      opset: 13,
      [.value(Tensor([8], [-2.5, -1.5, -0.5, 0, 0.3, 0.5, 1.5, 2.5]))],
      [:],
      outputs: [Tensor([8], [2.5, 1.5, 0.5, -0, -0.3, -0.5, -1.5, -2.5])]
    ),
    NodeCase(
      "Round",
      opset: 13,
      [.value(Tensor([8], [-2.5, -1.5, -0.5, 0, 0.3, 0.5, 1.5, 2.5]))],
      [:],
      outputs: [Tensor([8], [-2, -2, -0, 0, 0, 0, 2, 2])]
    ),
    NodeCase(
      "Sign",
      opset: 13,
      [.value(Tensor([8], [-2.5, -1.5, -0.5, 0, 0.3, 0.5, 1.5, 2.5]))],
      [:],
      outputs: [Tensor([8], [-1, -1, -1, 0, 1, 1, 1, 1])]
    ),
    NodeCase(
      "Sin",
      opset: 13,
      [.value(Tensor([8], [-2.5, -1.5, -0.5, 0, 0.3, 0.5, 1.5, 2.5]))],
      [:],
      outputs: [
        Tensor(
          [8],
          [-0.5984722, -0.997495, -0.4794255, 0, 0.2955202, 0.4794255, 0.997495, 0.5984722]
        )
      ]
    ),
    NodeCase(
      "Log",
      opset: 13,
      [.value(Tensor([3], [0.25, 1, 3]))],
      [:],
      outputs: [Tensor([3], [-1.386294, 0, 1.098612])]
    ),
    NodeCase(
      "Reciprocal",
      opset: 13,
      [.value(Tensor([3], [0.25, 1, 3]))],
      [:],
      outputs: [Tensor([3], [4, 1, 0.3333333])]
    ),
    NodeCase(
      "Sqrt",
      opset: 13,
      [.value(Tensor([3], [0.25, 1, 3]))],
      [:],
      outputs: [Tensor([3], [0.5, 1, 1.732051])]
    ),
    NodeCase(
      "Abs",
      opset: 13,
      [.value(Tensor([3], integers: [-3, 0, 5]))],
      [:],
      outputs: [Tensor([3], integers: [3, 0, 5])]
    ),
    NodeCase(
      "Neg",
      opset: 13,
      [.value(Tensor([3], integers: [-3, 0, 5]))],
      [:],
      outputs: [Tensor([3], integers: [3, 0, -5])]
    ),
    NodeCase(
      "Sign",
      opset: 13,
      [.value(Tensor([3], integers: [-3, 0, 5]))],
      [:],
      outputs: [Tensor([3], integers: [-1, 0, 1])]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func integersWrapAround() throws {
    let least = Tensor([1], integers: [-128], type: .int8)
    #expect(try Unary(.absolute)(least)[0] == least)
    #expect(try Unary(.negate)(Tensor([1], integers: [Int.min]))[0].integers == [Int.min])
  }

  @Test func mostFunctionsRefuseIntegers() {
    let refused = Unary.Function.allCases.filter {
      Unary($0).refusal(TensorSpec([1], .int64)) == "Unary: expected a real input, got int64 [1]"
    }
    #expect(refused.count == Unary.Function.allCases.count - 3)
  }

  @Test func rootsAndLogarithmsOutsideTheirDomain() throws {
    #expect(try Unary(.squareRoot)(Tensor([1], [-1]))[0].scalars[0].isNaN)
    #expect(try Unary(.logarithm)(Tensor([1], [0]))[0].scalars == [-.infinity])
    #expect(try Unary(.reciprocal)(Tensor([1], [0]))[0].scalars == [.infinity])
  }
}
