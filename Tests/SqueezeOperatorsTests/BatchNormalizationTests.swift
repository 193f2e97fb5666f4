import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite struct BatchNormalizationTests {
  /// What ONNX Runtime 1.32 makes of some nodes.
  static let golden: [NodeCase] = [
    NodeCase(
      "BatchNormalization",
      opset: 9,
      [
        .value(Tensor([1, 2, 2, 2], [-1.4, 0.5, -1.43, -0.23, 1.15, 1.58, 1.04, -1.86])),
        .constant(Tensor([2], [0.5, 2])), .constant(Tensor([2], [1, -1])),
        .constant(Tensor([2], [0.25, -0.5])), .constant(Tensor([2], [0.04, 4])),
      ],
      ["epsilon": .float(0.01)],
      outputs: [
        Tensor(
          [1, 2, 2, 2],
          [-2.689512, 1.559017, -2.756594, -0.07331264, 0.6479414, 1.077405, 0.5380785, -2.358303]
        )
      ]
    ),
    NodeCase(
      "BatchNormalization",
      opset: 15,
      [
        .value(Tensor([3, 2], [-0.56, -1.35, 2, -1.42, -1.02, -0.57])),
        .constant(Tensor([2], [0.5, 2])), .constant(Tensor([2], [1, -1])),
        .constant(Tensor([2], [0.25, -0.5])), .constant(Tensor([2], [0.04, 4])),
      ],
      [:],
      outputs: [Tensor([3, 2], [-1.024747, -1.849999, 5.374454, -1.919999, -2.174603, -1.07])]
    ),
  ]

  @Test(arguments: golden) func agreesWithONNXRuntime(_ node: NodeCase) throws {
    try node.check()
  }

  @Test func statisticsAreCountedApart() throws {
    let x = [TensorSpec([1, 8, 4, 4])]
    let specs = try BatchNormalization().parameters(for: x)
    #expect(specs.map(\.name) == ["scale", "bias", "mean", "variance"])
    #expect(specs.map(\.kind) == [.trained, .trained, .statistic, .statistic])
    #expect(specs.allSatisfy { $0.spec == TensorSpec([8]) })
    #expect(try BatchNormalization().macs(for: x) == 128)
  }

  @Test func trainingIsUnsupported() {
    let inputs: [NodeCase.Input] =
      [.value(ramp([1, 2]))] + (0..<4).map { _ in .constant(ramp([2])) }
    for key in ["training_mode", "spatial"] {
      let value = key == "spatial" ? 0 : 1
      let node = NodeCase("BatchNormalization", inputs, [key: .int(value)])
      #expect(node.refusal()?.contains("\(key) = \(value) is not supported") == true)
    }
  }

  @Test func refusesVectorsAndNegativeEpsilons() {
    #expect(
      BatchNormalization().refusal(TensorSpec([3]))
        == "BatchNormalization: expected a real input [N, C, …], got float32 [3]"
    )
    #expect(
      BatchNormalization(epsilon: -1).refusal(TensorSpec([1, 3]))
        == "BatchNormalization: expected an epsilon of at least 0, got -1.0"
    )
  }

  @Test func trainingNormalizesTheBatchAndMovesTheStatistics() throws {
    let op = BatchNormalization(epsilon: 0)
    let x = Tensor([2, 2, 2], [1, 3, 10, 10, 5, 7, 20, 0])
    let ones = Tensor([2], [1, 2])
    let parameters = [ones, Tensor([2], [0, -1]), Tensor([2], [8, 0]), ones]
    let pass = try op.trainingForward(
      [x],
      parameters: parameters,
      context: TrainingContext(statisticsMomentum: 0.25)
    )
    // Means 4 and 10, variances 5 and 50 of four elements each.
    expectClose(pass.saved[0], [2], [4, 10])
    expectClose(pass.saved[1], [2], [1 / Float(5).squareRoot(), 1 / Float(50).squareRoot()])
    let (a, b) = (1 / Float(5).squareRoot(), 2 * 10 / Float(50).squareRoot())
    expectClose(pass.outputs[0], [2, 2, 2], [-3 * a, -a, -1, -1, a, 3 * a, b - 1, -b - 1])
    let statistics = pass.statistics
    #expect(statistics.keys.sorted() == [2, 3])
    expectClose(try #require(statistics[2]), [2], [7, 2.5])
    // The running variance is the unbiased one: 20 / 3 and 200 / 3.
    expectClose(try #require(statistics[3]), [2], [0.75 + 5.0 / 3, 1.5 + 50.0 / 3])
  }

  @Test func oneElementHasNoVariance() throws {
    let x = Tensor([1, 3, 1, 1], [1, 2, 3])
    let parameters = [Tensor](repeating: Tensor([3], [1, 1, 1]), count: 4)
    let error = #expect(throws: ShapeError.self) {
      try BatchNormalization().trainingForward(
        [x],
        parameters: parameters,
        context: TrainingContext()
      )
    }
    #expect(
      error?.description
        == "BatchNormalization: expected at least 2 elements per channel while training, "
        + "got [1, 3, 1, 1]"
    )
  }
}
