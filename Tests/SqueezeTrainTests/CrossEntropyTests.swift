import Foundation
import SqueezeData
import SqueezeTensor
import SqueezeTrain
import Testing

@Suite struct CrossEntropyTests {
  @Test("by hand: −log softmax of the right class")
  func plain() throws {
    let output = Tensor([1, 3], [1, 2, 3])
    let value = try CrossEntropy().evaluate(output, targets(.classes([2])))
    #expect(abs(value.value - 0.407_605_96) < 1e-6)
    let p = [0.090_030_57, 0.244_728_47, 0.665_240_96]
    let expected = [p[0], p[1], p[2] - 1]
    for (slope, expected) in zip(value.gradient.scalars, expected) {
      #expect(abs(Double(slope) - expected) < 1e-6)
    }
  }

  @Test("label smoothing mixes in the mean cost of all classes")
  func smoothing() throws {
    let output = Tensor([1, 3], [1, 2, 3])
    let value = try CrossEntropy(labelSmoothing: 0.1).evaluate(output, targets(.classes([2])))
    #expect(abs(value.value - (0.9 * 0.407_605_96 + 0.1 * 1.407_605_96)) < 1e-6)
  }

  @Test("the class-weighted mean divides by the sum of weights")
  func weights() throws {
    let output = Tensor([2, 2], [0, log(3), 0, log(3)])
    let loss = CrossEntropy(classWeights: [1, 3])
    let value = try loss.evaluate(output, targets(.classes([0, 1]))).value
    #expect(abs(value - (log(4) + 3 * log(4.0 / 3)) / 4) < 1e-6)
  }

  @Test("ignored positions count neither above nor below")
  func ignoring() throws {
    let loss = CrossEntropy(ignoredClass: 255)
    let all = try loss.evaluate(Tensor([2, 2], [0, 1, 5, 7]), targets(.classes([0, 255])))
    let one = try loss.evaluate(Tensor([1, 2], [0, 1]), targets(.classes([0])))
    #expect(abs(all.value - one.value) < 1e-7)
    #expect(all.gradient.scalars[2...] == [0, 0])
    let none = try loss.evaluate(Tensor([1, 2], [0, 1]), targets(.classes([255])))
    #expect(none.value == 0)
    #expect(none.gradient.scalars == [0, 0])
  }

  @Test("one-hot probabilities cost what classes cost")
  func probabilities() throws {
    let output = scores([3, 4])
    var hot = [Float](repeating: 0, count: 12)
    for (row, label) in [2, 0, 3].enumerated() { hot[row * 4 + label] = 1 }
    let loss = CrossEntropy(labelSmoothing: 0.2)
    let a = try loss.evaluate(output, targets(.classes([2, 0, 3])))
    let b = try loss.evaluate(output, targets(.probabilities(Tensor([3, 4], hot))))
    #expect(abs(a.value - b.value) < 1e-6)
    for (x, y) in zip(a.gradient.scalars, b.gradient.scalars) { #expect(abs(x - y) < 1e-6) }
  }

  @Test("large scores do not overflow")
  func large() throws {
    let value = try CrossEntropy().evaluate(
      Tensor([1, 2], [1000, -1000]),
      targets(.classes([1]))
    )
    #expect(abs(value.value - 2000) < 1e-3)
    #expect(value.gradient.scalars == [1, -1])
  }

  @Test("gradients agree with central differences", arguments: 0..<6)
  func gradients(_ which: Int) throws {
    let weights: [Float] = [0.5, 1, 2]
    let pixels = Tensor([2, 3, 5], (0..<30).map { Float($0 % 4) * 0.5 + 0.25 })
    let (loss, batch): (CrossEntropy, TrainingBatch) =
      switch which {
      case 0: (CrossEntropy(), targets(.maps(map([2, 3, 5], classes: 3))))
      case 1:
        (
          CrossEntropy(labelSmoothing: 0.1, classWeights: weights, ignoredClass: 255),
          targets(.maps(map([2, 3, 5], classes: 3, ignored: 255)))
        )
      case 2:
        (
          CrossEntropy(classWeights: weights),
          targets(.maps(map([2, 3, 5], classes: 3)), pixelWeights: pixels)
        )
      case 3: (CrossEntropy(labelSmoothing: 0.3), targets(.maps(map([2, 3, 5], classes: 3))))
      case 4:
        (
          CrossEntropy(classWeights: weights),
          targets(
            .probabilities(Tensor([2, 3, 3, 5], scores([2, 3, 3, 5]).scalars.map { abs($0) }))
          )
        )
      default:
        (
          CrossEntropy(ignoredClass: 1),
          targets(.maps(map([2, 3, 5], classes: 3)), pixelWeights: pixels)
        )
      }
    #expect(try gradientError(loss, scores([2, 3, 3, 5]), batch) < 2e-4)
  }

  @Test("a label out of range names its sample and pixel")
  func wrongLabel() {
    let wrong = Tensor([2, 1, 2], [0, 1, 1, 3])
    var batch = targets(.maps(wrong))
    batch.samples = [40, 41]
    #expect(
      throws: TrainingError.target(
        "sample 41, pixel 1",
        expected: "a class in 0..<3",
        actual: "3.0"
      )
    ) {
      try CrossEntropy().evaluate(scores([2, 3, 1, 2]), batch)
    }
    #expect(throws: TrainingError.self) {
      try CrossEntropy().evaluate(scores([2, 3]), targets(.classes([0, -1])))
    }
    #expect(throws: TrainingError.self) {
      try CrossEntropy().evaluate(scores([2, 3]), targets(.classes([0])))
    }
    #expect(throws: TrainingError.self) {
      try CrossEntropy(classWeights: [1]).evaluate(scores([2, 3]), targets(.classes([0, 1])))
    }
    #expect(throws: TrainingError.self) {
      try CrossEntropy().evaluate(scores([1, 2]), targets(.maps(Tensor([1], [.nan]))))
    }
  }
}
