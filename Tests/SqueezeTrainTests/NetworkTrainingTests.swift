import Foundation
import SqueezeData
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import SqueezeTrain
import Testing

/// Pictures of a bright bar that stands or lies, in noise; as classes or as maps of its pixels.
struct Bars: BatchSource {
  var name = "bars"
  var classes = ["standing", "lying"]
  var inputShape: Shape { [1, 8, 8] }
  var sampleCount = 96
  var batchSize = 16
  var batchCount: Int { (sampleCount + batchSize - 1) / batchSize }
  var seed: UInt64 = 0
  var givesMaps = false

  func batch(_ index: Int, epoch: Int) -> TrainingBatch {
    let samples = index * batchSize..<min((index + 1) * batchSize, sampleCount)
    var (scalars, labels, map): ([Float], [Int], [Float]) = ([], [], [])
    for sample in samples {
      var random = SeededGenerator(seed: seed ^ UInt64((sample * 5 + epoch * 7) % sampleCount + 1))
      let isLying = random.next() % 2 == 1
      let place = Int(random.next() % 8)
      labels.append(isLying ? 1 : 0)
      for y in 0..<8 {
        for x in 0..<8 {
          let isBar = (isLying ? y : x) == place
          scalars.append((isBar ? 1 : 0) + random.uniform(-0.3, 0.3))
          map.append(isBar ? 1 : 0)
        }
      }
    }
    return TrainingBatch(
      inputs: Tensor([samples.count, 1, 8, 8], scalars),
      targets: givesMaps ? .maps(Tensor([samples.count, 8, 8], map)) : .classes(labels),
      samples: Array(samples)
    )
  }
}

@Suite struct NetworkTrainingTests {
  /// Convolution, batch normalization, ReLU, pool, dropout, fully connected, softmax.
  private static func classifier() throws -> Model {
    try Model(
      name: "bars",
      inputs: [ModelInput("x", [.named("N"), .fixed(1), .fixed(8), .fixed(8)])],
      outputs: ["p"],
      nodes: [
        Node(
          "a",
          Convolution(outputChannels: 6, window: SlidingWindow(3, padding: 1), hasBias: false),
          inputs: ["x"]
        ),
        Node("n", BatchNormalization(), inputs: ["a"]),
        Node("r", ReLU(), inputs: ["n"]),
        Node(
          "b",
          Convolution(outputChannels: 6, window: SlidingWindow(3, stride: 2)),
          inputs: ["r"]
        ),
        Node("br", ReLU(), inputs: ["b"]),
        Node("m", GlobalAveragePool(), inputs: ["br"]),
        Node("d", Dropout(ratio: 0.1), inputs: ["m"]),
        Node("l", Flatten(), inputs: ["d"]),
        Node("f", FullyConnected(outputFeatures: 2), inputs: ["l"]),
        Node("p", Softmax(axis: 1), inputs: ["f"]),
      ]
    ).initialized(seed: 3)
  }

  private static func trainer(_ change: (inout TrainerOptions) -> Void = { _ in }) throws -> Trainer
  {
    var options = TrainerOptions()
    options.epochs = 8
    options.weightDecay = WeightDecay(1e-3)
    change(&options)
    return try Trainer(
      model: classifier(),
      loss: CrossEntropy(labelSmoothing: 0.05),
      optimizer: AdamW(),
      schedule: OneCycle(peak: 0.03),
      runtime: ReferenceTrainingRuntime(),
      evaluator: ReferenceRuntime(),
      options: options
    )
  }

  @Test("a small network learns generated data")
  func learns() throws {
    let result = try Self.trainer().run(
      training: Bars(),
      validation: Bars(sampleCount: 64, seed: 1 << 32)
    )
    let last = try #require(result.history.last?.validation)
    #expect((last.metrics["top1_error"] ?? 1) < 0.05)
    let variance = try #require(result.model.parameters["n.variance"]?.decoded().scalars)
    #expect(variance.allSatisfy { $0 != 1 && $0 > 0 })
  }

  @Test(
    "running statistics, averages and dropout go on to the same bits",
    arguments: [false, true]
  )
  func resumes(_ averages: Bool) throws {
    func trainer(_ folder: URL?) throws -> Trainer {
      try Self.trainer {
        $0.epochs = 2
        $0.checkpointFolder = folder
        $0.checkpointEverySteps = 2
        $0.average = averages ? ExponentialAverage(decay: 0.8) : nil
        $0.accumulation = 2
      }
    }
    let source = Bars(sampleCount: 90)
    let whole = try trainer(nil).run(training: source)
    try withFolder { folder in
      for kill in [1, 3, 5] {
        #expect(throws: Killed.self) {
          try trainer(folder).run(
            training: source,
            resume: true,
            observe: {
              if case .step(let report) = $0, report.step == kill { throw Killed() }
            }
          )
        }
      }
      let rest = try trainer(folder).run(training: source, resume: true)
      #expect(rest.weightsHash == whole.weightsHash)
      #expect(rest.unaveragedModel.weightsHash == whole.unaveragedModel.weightsHash)
    }
  }

  @Test("a map of pixels is learned, with Dice and IoU")
  func maps() throws {
    let model = try Model(
      name: "pixels",
      inputs: [ModelInput("x", [.named("N"), .fixed(1), .fixed(8), .fixed(8)])],
      outputs: ["s"],
      nodes: [
        Node(
          "a",
          Convolution(outputChannels: 4, window: SlidingWindow(3, padding: 1)),
          inputs: ["x"]
        ),
        Node("r", ReLU(), inputs: ["a"]),
        Node("b", Convolution(outputChannels: 1, window: SlidingWindow(1)), inputs: ["r"]),
        Node("s", Sigmoid(), inputs: ["b"]),
      ]
    ).initialized(seed: 3)
    var options = TrainerOptions()
    options.epochs = 6
    options.bestMetric = .meanDice
    let trainer = try Trainer(
      model: model,
      loss: SumOfLosses([.init(1, BinaryCrossEntropy()), .init(1, DiceLoss())]),
      optimizer: Adam(),
      schedule: CosineDecay(0.05),
      runtime: ReferenceTrainingRuntime(),
      evaluator: ReferenceRuntime(),
      options: options
    )
    let result = try trainer.run(
      training: Bars(givesMaps: true),
      validation: Bars(sampleCount: 20, seed: 1 << 32, givesMaps: true)
    )
    let last = try #require(result.history.last?.validation)
    #expect((last.metrics["mean_dice"] ?? 0) > 0.95)
    #expect((last.metrics["mean_iou"] ?? 0) > 0.9)
    #expect(last.confusion?.total == 20 * 64)
    #expect(result.bestValue != nil)
  }

  @Test("a node that overflows within the network is named")
  func divergence() throws {
    var model = try Self.classifier()
    let old = try #require(model.parameters["b.weight"])
    var huge = old
    huge.free = old.free.map { _ in 3e38 }
    model.parameters["b.weight"] = huge
    let trainer = try Trainer(
      model: model,
      loss: CrossEntropy(),
      optimizer: SGD(),
      schedule: ConstantRate(0.1),
      runtime: ReferenceTrainingRuntime(),
      evaluator: ReferenceRuntime()
    )
    do {
      _ = try trainer.run(training: Bars())
      Issue.record("it went on")
    } catch TrainingError.diverged(let step, let place, _) {
      #expect(step == 1)
      #expect(place == "node b")
    }
  }
}
