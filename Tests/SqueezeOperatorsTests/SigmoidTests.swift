import Foundation
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct SigmoidTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "Sigmoid",
      opset: 13,
      [.value(Tensor([10], [-20, -3, -1, -0.5, 0, 0.25, 0.5, 1, 2.5, 20]))],
      [:],
      outputs: [
        Tensor(
          [10],
          [0, 0.04742587, 0.2689414, 0.3775407, 0.5, 0.5621765, 0.6224593, 0.7310586, 0.9241418, 1]
        )
      ]
    )
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func refusesIntegersAndTakesNothing() throws {
    #expect(
      Sigmoid().refusal(TensorSpec([2], .int32)) == "Sigmoid: expected a real input, got int32 [2]"
    )
    #expect(try Sigmoid()(Tensor([0, 3], []))[0].shape == [0, 3])
  }

  @Test("probabilities near 0 keep their digits", arguments: [-80, -20, -12, -9, -3, 0, 9] as [Float])
  func isExactNearZero(_ x: Float) throws {
    let exact = 1 / (1 + exp(-Double(x)))
    let y = Double(try Sigmoid()(Tensor([1], [x]))[0].scalars[0])
    #expect(abs(y - exact) <= 2e-7 * exact)
  }
}
