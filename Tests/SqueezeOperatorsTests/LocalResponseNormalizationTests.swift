import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct LocalResponseNormalizationTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "LRN",
      opset: 13,
      [
        .value(
          Tensor([1, 5, 1, 2], [-1.04, 0.49, -0.57, 0.94, -0.84, 1.2, -0.34, 0.21, 0.69, 0.07])
        )
      ],
      ["size": .int(3), "alpha": .float(0.5), "beta": .float(0.6), "bias": .float(1.5)],
      outputs: [
        Tensor(
          [1, 5, 1, 2],
          [
            -0.7473797, 0.3580002, -0.3938111, 0.634104, -0.6129013, 0.8178402, -0.245887,
            0.1501999, 0.5207179, 0.05470518,
          ]
        )
      ]
    ),
    NodeCase(
      "LRN",
      opset: 1,
      [.value(Tensor([1, 4, 2, 1], [-0.97, 1.92, -1.62, -0.7, 0.2, -1.89, -1.38, 1.2]))],
      ["size": .int(5)],
      outputs: [
        Tensor(
          [1, 4, 2, 1],
          [-0.9699476, 1.919777, -1.619866, -0.6999035, 0.1999835, -1.88974, -1.379905, 1.199901]
        )
      ]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func anEvenSizeReachesFurtherUp() throws {
    // size 2 sums channels c and c + 1: ⌊(2 − 1)/2⌋ = 0 below, ⌈(2 − 1)/2⌉ = 1 above.
    let op = LocalResponseNormalization(size: 2, alpha: 2, beta: 1, bias: 0)
    let y = try op(Tensor([1, 3], [1, 2, 4]))[0]
    expectClose(y, [1, 3], [1.0 / 5, 2.0 / 20, 4.0 / 16])
  }

  @Test func costCountsNeighboursThatExist() throws {
    let x = [TensorSpec([1, 8, 3, 3])]
    #expect(try LocalResponseNormalization(size: 5).macs(for: x) == 360)
    #expect(try LocalResponseNormalization(size: 99).macs(for: x) == 576)
  }

  @Test func refusesSizesBelowOne() {
    #expect(
      LocalResponseNormalization(size: 0).refusal(TensorSpec([1, 2, 2, 2]))
        == "LocalResponseNormalization: expected a size in 1...1048576, got 0"
    )
    #expect(LocalResponseNormalization(size: 3, beta: .nan).refusal(TensorSpec([1, 2])) != nil)
    #expect(NodeCase("LRN", [.value(ramp([1, 2]))]).refusal()?.contains("size is missing") == true)
  }
}
