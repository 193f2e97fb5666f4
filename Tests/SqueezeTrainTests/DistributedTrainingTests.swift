import Foundation
import SqueezeData
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor
import SqueezeTestSupport
import SqueezeTrain
import Testing

/// The part of each batch of another source that a rank takes.
private struct Shard: BatchSource {
  let base: any BatchSource
  let rank: Int
  let size: Int
  /// The step at which batches cannot be read.
  var failure: (epoch: Int, index: Int)?

  var name: String { base.name }
  var classes: [String] { base.classes }
  var inputShape: Shape { base.inputShape }
  var sampleCount: Int { base.sampleCount / size }
  var batchSize: Int { base.batchSize / size }
  var batchCount: Int { base.batchCount }

  func batch(_ index: Int, epoch: Int) throws -> TrainingBatch {
    if let failure, failure == (epoch, index) { throw Killed() }
    let whole = try base.batch(index, epoch: epoch)
    guard case .classes(let labels) = whole.targets else { return whole }
    let (samples, count) = (rank * batchSize..<(rank + 1) * batchSize, inputShape.count)
    return TrainingBatch(
      inputs: Tensor(
        Shape([batchSize] + inputShape.dimensions),
        Array(whole.inputs.scalars[samples.lowerBound * count..<samples.upperBound * count])
      ),
      targets: .classes(Array(labels[samples]))
    )
  }
}

@Suite struct DistributedTrainingTests {
  private static let data = Bars(sampleCount: 96, batchSize: 16)

  /// Two convolutions and a fully connected layer, with batch normalization where wanted.
  private static func model(normalized: Bool = false) throws -> Model {
    try Model(
      name: "bars",
      inputs: [ModelInput("x", [.named("N"), .fixed(1), .fixed(8), .fixed(8)])],
      outputs: ["p"],
      nodes: [
        Node("a", Convolution(outputChannels: 6, window: SlidingWindow(3)), inputs: ["x"])
      ]
        + (normalized ? [Node("n", BatchNormalization(), inputs: ["a"])] : [])
        + [
          Node("r", ReLU(), inputs: [normalized ? "n" : "a"]),
          Node("m", GlobalAveragePool(), inputs: ["r"]),
          Node("l", Flatten(), inputs: ["m"]),
          Node("f", FullyConnected(outputFeatures: 2), inputs: ["l"]),
          Node("p", Softmax(axis: 1), inputs: ["f"]),
        ]
    ).initialized(seed: 3)
  }

  private struct Outcome: Sendable {
    var losses: [Double] = []
    var reports: [CommunicationReport] = []
    var checkpoints = 0
    var result: TrainingResult
  }

  private static func train(
    _ communicator: any Communicator = SingleProcess(),
    model: Model? = nil,
    failure: (epoch: Int, index: Int)? = nil,
    resume: Bool = false,
    stopAfter: Int? = nil,
    _ change: (inout TrainerOptions) -> Void = { _ in }
  ) throws -> Outcome {
    var options = TrainerOptions()
    options.epochs = 3
    options.clipping = .norm(0.5)
    options.communicator = communicator
    change(&options)
    let trainer = try Trainer(
      model: model ?? Self.model(),
      loss: CrossEntropy(),
      optimizer: SGD(momentum: 0.9),
      schedule: CosineDecay(0.2),
      runtime: ReferenceTrainingRuntime(),
      evaluator: ReferenceRuntime(),
      options: options
    )
    var (losses, reports, checkpoints): ([Double], [CommunicationReport], Int) = ([], [], 0)
    var steps = 0
    let result = try trainer.run(
      training: Shard(
        base: data,
        rank: communicator.rank,
        size: communicator.size,
        failure: failure
      ),
      validation: Bars(sampleCount: 32, batchSize: 32, seed: 9),
      resume: resume,
      observe: { event in
        if case .step(let step) = event {
          losses.append(step.loss)
          reports += [step.communication].compactMap { $0 }
          steps += 1
        }
        if case .checkpoint = event { checkpoints += 1 }
      },
      shouldStop: { communicator.rank == communicator.size - 1 && steps == stopAfter }
    )
    return Outcome(losses: losses, reports: reports, checkpoints: checkpoints, result: result)
  }

  @Test("ranks with a part of the batch have the loss curve of one process", arguments: [2, 4])
  func matchesOneProcess(_ size: Int) throws {
    let alone = try Self.train()
    let ranks = try withRanks(size) { try Self.train($0) }.map { try $0.get() }
    #expect(alone.losses.count == 18 && alone.reports.isEmpty)
    for rank in ranks {
      for (a, b) in zip(alone.losses, rank.losses) { #expect(abs(a - b) <= 1e-5 * a) }
      #expect(rank.losses == ranks[0].losses)
      #expect(rank.result.weightsHash == ranks[0].result.weightsHash)
      #expect(
        rank.result.history.map(\.validationLoss) == ranks[0].result.history.map(\.validationLoss)
      )
      #expect(rank.reports.count == 18)
      #expect(rank.reports.allSatisfy { $0.bytesSent > 0 && $0.ranks == size })
    }
    let again = try withRanks(size) { try Self.train($0) }.map { try $0.get() }
    #expect(again[0].result.weightsHash == ranks[0].result.weightsHash)
  }

  @Test("accumulated batches and statistics are shared too")
  func accumulates() throws {
    let model = try Self.model(normalized: true)
    let ranks = try withRanks(2) { communicator in
      try Self.train(communicator, model: model) { $0.accumulation = 4 }
    }.map { try $0.get() }
    #expect(ranks[0].losses.count == 6)
    #expect(ranks[0].result.weightsHash == ranks[1].result.weightsHash)
    let plain = try Self.train { $0.accumulation = 4 }
    let shared = try withRanks(2) { try Self.train($0) { $0.accumulation = 4 } }.map {
      try $0.get()
    }
    for (a, b) in zip(plain.losses, shared[1].losses) { #expect(abs(a - b) <= 1e-5 * a) }
  }

  @Test(
    "normalized over all ranks' samples, ranks have the loss curve of one process",
    arguments: [2, 4]
  )
  func sharesMoments(_ size: Int) throws {
    let model = try Self.model(normalized: true)
    let alone = try Self.train(model: model)
    let ranks = try withRanks(size) { communicator in
      try Self.train(communicator, model: model) { $0.sharesMoments = true }
    }.map { try $0.get() }
    for (a, b) in zip(alone.losses, ranks[0].losses) { #expect(abs(a - b) <= 1e-4 * a) }
    #expect(ranks.allSatisfy { $0.result.weightsHash == ranks[0].result.weightsHash })
    let expected = alone.result.model.parameters["n.variance"]?.decoded().scalars ?? []
    let actual = ranks[1].result.model.parameters["n.variance"]?.decoded().scalars ?? []
    #expect(expected.count == 6 && actual.count == 6)
    for (a, b) in zip(expected, actual) { #expect(abs(a - b) <= 1e-3 * a) }
    // Otherwise it is another training.
    let own = try withRanks(size) { try Self.train($0, model: model) }.map { try $0.get() }
    #expect(zip(alone.losses, own[0].losses).contains { abs($0 - $1) > 1e-3 * $0 })
  }

  @Test("rank 0 writes, all stop together and go on to the same bits")
  func resumes() throws {
    let whole = try withRanks(2) { try Self.train($0) }[0].get()
    try withFolder { folder in
      let stopped = try withRanks(2) { communicator in
        try Self.train(communicator, stopAfter: 8) { $0.checkpointFolder = folder }
      }.map { try $0.get() }
      #expect(stopped.map(\.result.steps) == [8, 8])
      #expect(stopped[0].checkpoints > 0 && stopped[1].checkpoints == 0)
      let resumed = try withRanks(2) { communicator in
        try Self.train(communicator, resume: true) { $0.checkpointFolder = folder }
      }.map { try $0.get() }
      #expect(
        resumed.map(\.result.weightsHash) == [whole.result.weightsHash, whole.result.weightsHash]
      )
      #expect(resumed[1].losses == Array(whole.losses[8...]))
      #expect(throws: TrainingError.self) {
        try Self.train(resume: true) { $0.checkpointFolder = folder }
      }
    }
  }

  @Test("a rank that fails leaves the others an error and a checkpoint of the step before")
  func survivesFailure() throws {
    let whole = try withRanks(2) { try Self.train($0) }[0].get()
    try withFolder { folder in
      let failed = withRanks(2) { communicator in
        try Self.train(communicator, failure: communicator.rank == 1 ? (1, 2) : nil) {
          $0.checkpointFolder = folder
        }
      }
      #expect(throws: Killed.self) { try failed[1].get() }
      let error = #expect(throws: CommunicationError.self) { try failed[0].get() }
      #expect("\(try #require(error))".contains("step 8"))
      let resumed = try withRanks(2) { communicator in
        try Self.train(communicator, resume: true) { $0.checkpointFolder = folder }
      }.map { try $0.get() }
      #expect(resumed[0].losses.count == 10)
      #expect(resumed[1].result.weightsHash == whole.result.weightsHash)
    }
  }

  @Test("ranks that do not train the same are told apart")
  func comparesSettings() throws {
    let results = withRanks(2) { communicator in
      try Self.train(communicator) { $0.epochs = 3 + communicator.rank }
    }
    let error = #expect(throws: CommunicationError.self) { try results[1].get() }
    #expect("\(try #require(error))".contains("epochs: rank 0 has 3, this one 4"))
  }
}
