import Foundation
import SqueezeData
import SqueezeTensor
import SqueezeTrain
import Testing

@Suite struct BinaryCrossEntropyTests {
  @Test("by hand, with and without a positive weight")
  func plain() throws {
    let output = Tensor([1, 2], [0, log(3)])
    let wanted = targets(.values(Tensor([1, 2], [1, 0])))
    // −log ½ and −log ¼.
    let value = try BinaryCrossEntropy().evaluate(output, wanted).value
    #expect(abs(value - (log(2) + log(4)) / 2) < 1e-6)
    let weighted = try BinaryCrossEntropy(positiveWeights: [3]).evaluate(output, wanted).value
    #expect(abs(weighted - (3 * log(2) + log(4)) / 2) < 1e-6)
  }

  @Test("pixel weights multiply costs but not the denominator")
  func pixelWeights() throws {
    let output = Tensor([1, 1, 1, 2], [0, 0])
    let value = try BinaryCrossEntropy().evaluate(
      output,
      targets(.maps(Tensor([1, 1, 2], [1, 0])), pixelWeights: Tensor([1, 1, 2], [5, 1]))
    ).value
    #expect(abs(value - 3 * log(2)) < 1e-6)
  }

  @Test("gradients agree with central differences")
  func gradients() throws {
    let pixels = Tensor([2, 3, 4], (0..<24).map { Float($0 % 3) + 0.5 })
    let maps = targets(
      .maps(map([2, 3, 4], classes: 2, ignored: 9)),
      pixelWeights: pixels
    )
    let loss = BinaryCrossEntropy(positiveWeights: [2.5], ignoredClass: 9)
    #expect(try gradientError(loss, scores([2, 1, 3, 4]), maps) < 2e-4)
    let many = targets(.maps(map([2, 3, 4], classes: 3)))
    let perChannel = BinaryCrossEntropy(positiveWeights: [1, 2, 3])
    #expect(try gradientError(perChannel, scores([2, 3, 3, 4]), many) < 2e-4)
    let soft = targets(.values(Tensor([2, 3], [0, 0.25, 0.5, 0.75, 1, 0.1])))
    #expect(try gradientError(BinaryCrossEntropy(), scores([2, 3]), soft) < 2e-4)
  }

  @Test("far scores stay finite")
  func far() throws {
    let value = try BinaryCrossEntropy().evaluate(
      Tensor([1, 2], [500, -500]),
      targets(.values(Tensor([1, 2], [0, 1])))
    )
    #expect(abs(value.value - 500) < 1e-3)
    #expect(value.gradient.scalars == [0.5, -0.5])
  }
}
