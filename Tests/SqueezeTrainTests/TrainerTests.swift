import SqueezeData
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import SqueezeTrain
import Testing

@Suite struct TrainerTests {
  @Test("two clouds are told apart")
  func learns() throws {
    let result = try linearTrainer().run(training: Clouds(), validation: Clouds(batchSize: 16))
    #expect(result.end == .finished)
    #expect(result.steps == 21)
    #expect(result.epochs == 3)
    let last = try #require(result.history.last?.validation)
    #expect((last.metrics["top1_error"] ?? 1) < 0.05)
    #expect(last.samples == 50)
    #expect(last.confusion?.total == 50)
    #expect(result.history[0].trainLoss > result.history[2].trainLoss)
    #expect(result.best != nil)
    #expect(result.model.outputs == ["p"])
    #expect(result.weightsHash == result.model.weightsHash)
  }

  @Test("one step is that of the formulas")
  func oneStep() throws {
    let start = try linearModel()
    let batch = Clouds().batch(0, epoch: 0)
    let trainer = try linearTrainer(start, optimizer: SGD(), schedule: ConstantRate(0.5), noise: 0)
    {
      $0.epochs = 1
      $0.weightDecay = WeightDecay(0.1)
    }
    let result = try trainer.run(training: Clouds(sampleCount: 8))
    let program = LinearProgram(
      start.nodes[0],
      outputs: ["fc"],
      trained: ["fc.weight", "fc.bias"],
      noise: 0
    )
    program.load(start.parameters.mapValues { $0.decoded() })
    let scores = try #require(
      try program.forward(["x": Clouds(sampleCount: 8).batch(0, epoch: 0).inputs], seed: 0)["fc"]
    )
    let slope = try CrossEntropy().evaluate(scores, Clouds(sampleCount: 8).batch(0, epoch: 0))
      .gradient
    let gradients = try program.backward(["fc": slope])
    #expect(batch.samples.count == 8)
    for (key, gradient, decay) in [
      ("fc.weight", gradients[0], Float(0.1)), ("fc.bias", gradients[1], 0),
    ] {
      let before = try #require(start.parameters[key]?.decoded().scalars)
      let after = try #require(result.model.parameters[key]?.decoded().scalars)
      for i in before.indices {
        #expect(
          abs(after[i] - (before[i] - 0.5 * (gradient.scalars[i] + decay * before[i]))) < 1e-6
        )
      }
    }
  }

  @Test("parts of a batch give what the whole gives")
  func accumulation() throws {
    let whole = try linearTrainer(noise: 0).run(training: Clouds(batchSize: 24))
    let parts = try linearTrainer(noise: 0) { $0.accumulation = 3 }
      .run(training: Clouds(batchSize: 8))
    #expect(whole.steps == parts.steps)
    for key in ["fc.weight", "fc.bias"] {
      let a = try #require(whole.model.parameters[key]?.decoded())
      let b = try #require(parts.model.parameters[key]?.decoded())
      #expect(Tolerance(relative: 1e-5, absolute: 1e-6).accepts(a, expected: b))
    }
  }

  @Test("an optimizer sees only the free scalars of an encoding")
  func encodings() throws {
    let start = Tensor([2, 3], [0.5, 0, -0.5, 0.25, 0.5, 0])
    let encodings: [any ParameterEncoding] = [
      Masked(start, mask: start.scalars.map { $0 != 0 }),
      Codebook(shape: [2, 3], indices: [2, 0, 1, 0, 2, 1], centroids: [0.25, -0.5, 0.5]),
      MaskedCodebook(shape: [2, 3], indices: [1, 0, 2, 1, 1, 0], centroids: [0.5, -0.5]),
      Binary(start), Half(start),
      StraightThroughInteger(start, scales: [0.05], zeroPoints: [0], bits: 6),
      StraightThroughInteger(
        start,
        scales: [0.05],
        zeroPoints: [0],
        bits: 6,
        mask: start.scalars.map { $0 != 0 }
      ),
      StraightThroughBinary(start),
      UniformInteger(
        shape: [2, 3],
        integers: [3, -4, 5, 1, -7, 2],
        scales: [0.1, 0.2],
        zeroPoints: [0, 1],
        bits: 4,
        axis: 0
      ),
    ]
    for encoding in encodings {
      let name = Swift.type(of: encoding).name
      let result = try linearTrainer(linearModel(weight: encoding)).run(
        training: Clouds(),
        validation: Clouds()
      )
      let after = try #require(result.model.parameters["fc.weight"])
      #expect(Swift.type(of: after).name == name)
      #expect(after.free.count == encoding.free.count)
      #expect(after.decoded() != encoding.decoded(), "\(name)")
      let loss = result.history.map(\.trainLoss)
      #expect(loss[2] < loss[0], "\(name)")
    }
    var pruned = 0
    for encoding in encodings {
      guard let kept = encoding.keptElements else { continue }
      let masked = try linearTrainer(linearModel(weight: encoding)).run(training: Clouds())
      let decoded = try #require(masked.model.parameters["fc.weight"]?.decoded())
      for (scalar, isKept) in zip(decoded.scalars, kept) where !isKept {
        #expect(scalar == 0)
        pruned += 1
      }
    }
    #expect(pruned >= 4)
  }

  @Test("frozen parameters stay, clipped gradients are short")
  func frozenAndClipped() throws {
    let start = try linearModel()
    let frozen = try linearTrainer(start) { $0.frozen = ["fc.weight"] }.run(training: Clouds())
    #expect(
      frozen.model.parameters["fc.weight"]?.decoded() == start.parameters["fc.weight"]?.decoded()
    )
    #expect(frozen.model.parameters["fc.bias"]?.decoded() != start.parameters["fc.bias"]?.decoded())
    for clipping in [GradientClipping.norm(0.01), .value(0.004)] {
      var norms: [Double] = []
      let clipped = try linearTrainer(start, optimizer: SGD(), schedule: ConstantRate(1)) {
        $0.clipping = clipping
        $0.epochs = 1
        $0.weightDecay = WeightDecay(0)
      }.run(
        training: Clouds(sampleCount: 8),
        observe: { event in
          if case .step(let report) = event { norms.append(report.gradientNorm) }
        }
      )
      #expect(norms[0] > 0.01)
      var square: Float = 0
      for key in ["fc.weight", "fc.bias"] {
        let a = try #require(clipped.model.parameters[key]?.decoded().scalars)
        let b = try #require(start.parameters[key]?.decoded().scalars)
        for (x, y) in zip(a, b) { square += (x - y) * (x - y) }
      }
      // Eight scalars of at most 0.004 each, or a norm of 0.01.
      #expect(square.squareRoot() < (clipping == .norm(0.01) ? 0.010_01 : 0.011_32))
      #expect(square > 1e-6)
    }
  }

  @Test("the average lags behind the weights and is what is evaluated")
  func average() throws {
    let result = try linearTrainer {
      $0.average = ExponentialAverage(decay: 0.9, warmsUp: false)
    }.run(training: Clouds(), validation: Clouds())
    #expect(result.model.weightsHash != result.unaveragedModel.weightsHash)
    let again = try ModelEvaluator(loss: CrossEntropy(), runtime: ReferenceRuntime())
      .evaluate(result.model, on: Clouds())
    #expect(again.loss == result.history.last?.validationLoss)
  }

  @Test("the average after one step is that of the formula")
  func averageByHand() throws {
    let start = try linearModel()
    let result = try linearTrainer(start) {
      $0.average = ExponentialAverage(decay: 0.75, warmsUp: false)
      $0.epochs = 1
    }.run(training: Clouds(sampleCount: 8))
    let before = try #require(start.parameters["fc.weight"]?.free)
    let after = try #require(result.unaveragedModel.parameters["fc.weight"]?.free)
    let average = try #require(result.model.parameters["fc.weight"]?.free)
    #expect(before != after)
    for i in before.indices {
      #expect(abs(average[i] - (0.75 * before[i] + 0.25 * after[i])) < 1e-6)
    }
  }

  @Test("threads do not change a bit of parameters that they share")
  func threads() throws {
    // 140,000 weights are three chunks.
    let results = try [1, 2, 3].map { count in
      var norms: [UInt64] = []
      let result = try linearTrainer(linearModel(axes: 70_000), optimizer: Adam()) {
        $0.epochs = 2
        $0.threadCount = count
        $0.clipping = .norm(0.5)
        $0.average = ExponentialAverage()
      }.run(
        training: Clouds(axes: 70_000, sampleCount: 4, batchSize: 2),
        observe: { if case .step(let report) = $0 { norms.append(report.gradientNorm.bitPattern) } }
      )
      return [result.weightsHash, result.unaveragedModel.weightsHash, "\(norms)"]
    }
    #expect(Set(results).count == 1)
  }

  @Test("patience ends a training that gets no better")
  func patience() throws {
    let result = try linearTrainer(schedule: ConstantRate(0)) {
      $0.epochs = 9
      $0.patience = 2
    }.run(training: Clouds(), validation: Clouds())
    #expect(result.end == .outOfPatience)
    #expect(result.epochs == 3)
    #expect(result.bestEpoch == 1)
  }

  @Test("evaluation every second epoch, and always the last")
  func evaluateEvery() throws {
    let result = try linearTrainer {
      $0.evaluateEvery = 2
      $0.bestMetric = .top1Error
    }.run(training: Clouds(), validation: Clouds())
    #expect(result.history.map { $0.validation != nil } == [false, true, true])
  }

  @Test("a stop after a step returns what there is")
  func stop() throws {
    var steps = 0
    let result = try linearTrainer().run(
      training: Clouds(),
      observe: { if case .step = $0 { steps += 1 } },
      shouldStop: { steps == 4 }
    )
    #expect(result.end == .stopped)
    #expect(result.steps == 4)
    #expect(result.epochs == 0)
  }

  @Test("what makes no sense is refused before the first step")
  func settings() throws {
    #expect(throws: TrainingError.self) { try linearTrainer { $0.epochs = 0 } }
    #expect(throws: TrainingError.self) { try linearTrainer { $0.clipping = .norm(0) } }
    #expect(throws: TrainingError.self) { try linearTrainer { $0.output = "q" } }
    #expect(throws: TrainingError.self) { try linearTrainer { $0.weightDecay = WeightDecay(-1) } }
    #expect(throws: TrainingError.self) {
      try linearTrainer { $0.frozen = ["no.weight"] }.run(training: Clouds())
    }
    #expect(throws: TrainingError.self) {
      try linearTrainer { $0.frozen = ["fc.weight", "fc.bias"] }.run(training: Clouds())
    }
    #expect(
      throws: TrainingError.setting("clouds", expected: "at least one sample", actual: "none")
    ) { try linearTrainer().run(training: Clouds(sampleCount: 0)) }
    #expect(throws: TrainingError.self) {
      try linearTrainer().run(training: Clouds(classes: ["a", "b", "c"]))
    }
    #expect(throws: TrainingError.self) {
      try linearTrainer { $0.bestMetric = .meanIoU }.run(training: Clouds(), validation: Clouds())
    }
    #expect(
      throws: TrainingError.target("sample 20", expected: "a class in 0..<2", actual: "9")
    ) { try linearTrainer().run(training: Clouds(wrong: [20])) }
  }

  @Test("a class that validation lacks is named")
  func missingClass() throws {
    var warnings: [String] = []
    _ = try linearTrainer().run(
      training: Clouds(),
      validation: Clouds(sampleCount: 1),
      observe: { if case .warning(let text) = $0 { warnings.append(text) } }
    )
    #expect(warnings == ["clouds: no sample of class right; metrics leave it out"])
  }
}
