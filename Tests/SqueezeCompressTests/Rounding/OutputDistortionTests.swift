import Foundation
import SqueezeCompress
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import Testing

@Suite("Output distortion")
struct OutputDistortionTests {
  private static func model(_ op: any Operator) -> Model {
    Model(inputs: [ModelInput("x", [1, 2])], outputs: ["y"], nodes: [Node("y", op, inputs: ["x"])])
  }

  @Test("probabilities: the Kullback–Leibler divergence")
  func divergence() {
    let original = [["y": Tensor([1, 2], [0.5, 0.5])], ["y": Tensor([1, 2], [1, 0])]]
    let distortion = OutputDistortion(Self.model(Softmax(axis: 1)), outputs: original)
    #expect(distortion.mean(of: original) == 0)
    let changed = [["y": Tensor([1, 2], [0.25, 0.75])], ["y": Tensor([1, 2], [0.5, 0.5])]]
    let expected = (0.5 * log(2) + 0.5 * log(2.0 / 3) + log(2)) / 2
    #expect(abs(distortion.mean(of: changed) - expected) < 1e-6)
  }

  @Test("other outputs: half the mean square over the variance, whatever the unit")
  func meanSquare() {
    for unit in [Float(1), 1000] {
      let original = [["y": Tensor([1, 2], [unit, 3 * unit])]]
      let distortion = OutputDistortion(Self.model(ReLU()), outputs: original)
      let changed = [["y": Tensor([1, 2], [unit, 5 * unit])]]
      // The variance is 1, the mean square of the errors 2.
      #expect(abs(distortion.mean(of: changed) - 1) < 1e-6)
    }
  }
}
