import Foundation
import SqueezeData
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import SqueezeTrain
import Testing

@Suite struct DiceLossTests {
  @Test("by hand: half probabilities on one of two pixels")
  func plain() throws {
    let value = try DiceLoss().evaluate(
      Tensor([1, 1, 1, 2], [0, 0]),
      targets(.maps(Tensor([1, 1, 2], [1, 0])))
    ).value
    #expect(abs(value - 1.0 / 3) < 1e-6)
  }

  @Test("gradients agree with central differences", arguments: [ScoreActivation.sigmoid, .softmax])
  func gradients(_ activation: ScoreActivation) throws {
    let batch = targets(.maps(map([2, 3, 4], classes: 3, ignored: 7)))
    for background in [true, false] {
      let loss = DiceLoss(
        activation: activation,
        smoothing: 0.5,
        includesBackground: background,
        ignoredClass: 7
      )
      #expect(try gradientError(loss, scores([2, 3, 3, 4]), batch) < 2e-4)
    }
  }
}

@Suite struct FocalLossTests {
  @Test("by hand: equal scores of two classes")
  func plain() throws {
    let value = try FocalLoss().evaluate(Tensor([1, 2], [1, 1]), targets(.classes([0]))).value
    #expect(abs(value - 0.25 * log(2)) < 1e-6)
    let sigmoid = FocalLoss(activation: .sigmoid, balance: 0.25)
    let binary = try sigmoid.evaluate(
      Tensor([1, 2], [0, 0]),
      targets(.values(Tensor([1, 2], [1, 0])))
    ).value
    #expect(abs(binary - 0.25 * log(2) * (0.25 + 0.75) / 2) < 1e-6)
  }

  @Test("without focus it is cross entropy")
  func noFocus() throws {
    let (output, batch) = (scores([4, 3]), targets(.classes([0, 1, 2, 1])))
    let focal = try FocalLoss(focus: 0).evaluate(output, batch)
    let plain = try CrossEntropy().evaluate(output, batch)
    #expect(abs(focal.value - plain.value) < 1e-6)
  }

  @Test("gradients agree with central differences")
  func gradients() throws {
    let batch = targets(.maps(map([2, 3, 4], classes: 3, ignored: 7)))
    let softmax = FocalLoss(focus: 2, balance: 0.4, ignoredClass: 7)
    #expect(try gradientError(softmax, scores([2, 3, 3, 4]), batch) < 2e-4)
    let sigmoid = FocalLoss(activation: .sigmoid, focus: 1.5, balance: 0.25, ignoredClass: 7)
    #expect(try gradientError(sigmoid, scores([2, 3, 3, 4]), batch) < 2e-4)
  }
}

@Suite struct RegressionLossTests {
  @Test("by hand")
  func plain() throws {
    let output = Tensor([1, 3], [0.5, 2, -1])
    let wanted = targets(.values(Tensor([1, 3], [0, 0, -1])))
    let squared = try MeanSquaredError().evaluate(output, wanted)
    #expect(abs(squared.value - 4.25 / 3) < 1e-6)
    let smooth = try SmoothL1().evaluate(output, wanted)
    #expect(abs(smooth.value - (0.125 + 1.5) / 3) < 1e-6)
    #expect(throws: TrainingError.self) {
      try MeanSquaredError().evaluate(output, targets(.classes([1])))
    }
  }

  @Test("gradients agree with central differences")
  func gradients() throws {
    let batch = targets(.values(scores([3, 4], seed: 1)))
    #expect(try gradientError(MeanSquaredError(), scores([3, 4]), batch) < 2e-4)
    #expect(try gradientError(SmoothL1(beta: 0.7), scores([3, 4]), batch) < 2e-3)
  }
}

@Suite struct DistillationTests {
  /// Two scores from two numbers by a matrix.
  private static func teacher(_ weights: [Float]) -> Model {
    Model(
      inputs: [ModelInput("x", [.named("N"), .fixed(2)])],
      outputs: ["p"],
      nodes: [
        Node("fc", FullyConnected(outputFeatures: 2, hasBias: false), inputs: ["x"]),
        Node("p", Softmax(axis: 1), inputs: ["fc"]),
      ],
      parameters: ["fc.weight": Dense(Tensor([2, 2], weights))]
    )
  }

  @Test("by hand: a teacher that knows nothing")
  func uniform() throws {
    let loss = try Distillation(
      teacher: Self.teacher([0, 0, 0, 0]),
      runtime: ReferenceRuntime(),
      temperature: 2,
      teacherShare: 1
    )
    var batch = targets(.classes([0]))
    batch.inputs = Tensor([1, 2], [3, 4])
    // Probabilities ¼ and ¾ at temperature 2.
    let value = try loss.evaluate(Tensor([1, 2], [0, 2 * log(3)]), batch)
    #expect(abs(value.value - 4 * 0.5 * log(4.0 / 3)) < 1e-6)
  }

  @Test("gradients agree with central differences")
  func gradients() throws {
    let loss = try Distillation(
      teacher: Self.teacher([1, -1, 0.5, 2]),
      runtime: ReferenceRuntime(),
      hard: CrossEntropy(labelSmoothing: 0.1),
      temperature: 3,
      teacherShare: 0.7
    )
    var batch = targets(.classes([0, 1, 1]))
    batch.inputs = scores([3, 2], seed: 2)
    #expect(try gradientError(loss, scores([3, 2]), batch) < 2e-4)
  }

  @Test("settings that make no sense are refused")
  func settings() throws {
    #expect(throws: TrainingError.self) {
      try Distillation(
        teacher: Self.teacher([0, 0, 0, 0]),
        runtime: ReferenceRuntime(),
        temperature: 0
      )
    }
    #expect(throws: TrainingError.self) {
      try Distillation(
        teacher: Self.teacher([0, 0, 0, 0]),
        runtime: ReferenceRuntime(),
        hard: MeanSquaredError()
      )
    }
  }
}

@Suite struct SumOfLossesTests {
  @Test("weights apply to values and gradients")
  func sum() throws {
    let batch = targets(.maps(map([2, 3, 4], classes: 3)))
    let output = scores([2, 3, 3, 4])
    let dice = DiceLoss(activation: .softmax)
    let loss = try SumOfLosses([.init(0.5, CrossEntropy()), .init(2, dice)])
    let value = try loss.evaluate(output, batch).value
    let expected =
      try 0.5 * CrossEntropy().evaluate(output, batch).value + 2
      * dice.evaluate(output, batch).value
    #expect(abs(value - expected) < 1e-9)
    #expect(try gradientError(loss, output, batch) < 2e-4)
  }

  @Test("losses on logits and on outputs do not mix")
  func mixture() {
    #expect(throws: TrainingError.self) {
      try SumOfLosses([.init(1, CrossEntropy()), .init(1, MeanSquaredError())])
    }
    #expect(throws: TrainingError.self) { try SumOfLosses([]) }
  }
}

@Suite struct NotANumberTests {
  @Test("a score that is NaN is never lost on the way", arguments: 0..<10)
  func scores(_ which: Int) throws {
    let losses: [(any Loss, Targets)] = [
      (CrossEntropy(), .classes([0, 1])), (CrossEntropy(labelSmoothing: 0.1), .classes([0, 1])),
      (CrossEntropy(), .probabilities(Tensor([2, 3], [1, 0, 0, 0, 1, 0]))),
      (BinaryCrossEntropy(), .classes([0, 1])), (DiceLoss(), .classes([0, 1])),
      (DiceLoss(activation: .softmax), .classes([0, 1])), (FocalLoss(), .classes([0, 1])),
      (FocalLoss(activation: .sigmoid), .classes([0, 1])),
      (MeanSquaredError(), .values(Tensor(zeros: [2, 3]))),
      (SmoothL1(), .values(Tensor(zeros: [2, 3]))),
    ]
    let (loss, wanted) = losses[which]
    for place in 0..<6 {
      var output = Tensor([2, 3], [1, 2, 3, 3, 2, 1])
      output.scalars[place] = .nan
      #expect(try loss.evaluate(output, targets(wanted)).value.isNaN, "\(loss) at \(place)")
    }
  }
}
