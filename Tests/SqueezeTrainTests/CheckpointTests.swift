import Crypto
import Foundation
import SqueezeData
import SqueezeGraph
import SqueezeParameters
import SqueezeTensor
import SqueezeTestSupport
import SqueezeTrain
import Testing

@Suite struct CheckpointTests {
  /// The bytes of a small checkpoint with every encoding's parts.
  private static func sample() throws -> [UInt8] {
    try withFolder { folder in
      let weight = Codebook(
        shape: [2, 3],
        indices: [2, 0, 1, 0, 2, 1],
        centroids: [0.25, -0.5, 0.5]
      )
      _ = try linearTrainer(linearModel(weight: weight), optimizer: Adam()) {
        $0.checkpointFolder = folder
        $0.average = ExponentialAverage()
        $0.epochs = 1
      }.run(training: Clouds(sampleCount: 8), validation: Clouds(sampleCount: 8))
      return try #require(try CheckpointFolder(folder).read("last.checkpoint"))
    }
  }

  @Test("what is written is read again, bit by bit")
  func roundTrip() throws {
    let bytes = try Self.sample()
    let checkpoint = try Checkpoint(decoding: bytes, name: "sample")
    #expect(try checkpoint.encoded() == bytes)
    #expect(checkpoint.state.step == 1)
    #expect(checkpoint.state.history.count == 1)
  }

  @Test("every cut and every flipped bit is a typed error")
  func damage() throws {
    let bytes = try Self.sample()
    for length in bytes.indices {
      #expect(throws: TrainingError.self) {
        try Checkpoint(decoding: Array(bytes[..<length]), name: "cut")
      }
    }
    for bit in 0..<8 * bytes.count {
      var damaged = bytes
      damaged[bit / 8] ^= 1 << (bit % 8)
      #expect(throws: TrainingError.self) { try Checkpoint(decoding: damaged, name: "flipped") }
    }
    #expect(throws: TrainingError.self) {
      try Checkpoint(decoding: Array("something else altogether".utf8), name: "foreign")
    }
  }

  @Test("damage behind a right hash neither traps nor takes memory")
  func damageWithHash() throws {
    let bytes = try Self.sample()
    for mutation in Mutations(of: Array(bytes.dropLast(32)), count: 4000) {
      let whole = mutation + Array(SHA256.hash(data: mutation))
      do {
        _ = try Checkpoint(decoding: whole, name: "hostile").encoded()
      } catch is TrainingError {}
    }
  }

  @Test("a killed training goes on to the same bits", arguments: 0..<12)
  func resume(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let encodings: [(any ParameterEncoding)?] = [
      nil,
      Codebook(shape: [2, 3], indices: [2, 0, 1, 0, 2, 1], centroids: [0.25, -0.5, 0.5]),
      Half(Tensor([2, 3], [0.5, 0, -0.5, 0.25, 0.5, 0])),
      StraightThroughInteger(
        Tensor([2, 3], [0.5, 0, -0.5, 0.25, 0.5, 0]),
        scales: [0.05],
        zeroPoints: [0],
        bits: 6
      ),
    ]
    let optimizers: [any Optimizer] = [SGD(momentum: 0.9, isNesterov: true), Adam(), AdamW()]
    let model = try linearModel(weight: encodings[seed % 4])
    let optimizer = optimizers[seed / 3 % 3]
    func trainer(_ folder: URL?) throws -> Trainer {
      try linearTrainer(model, optimizer: optimizer) {
        $0.accumulation = 1 + seed % 2
        $0.checkpointFolder = folder
        $0.checkpointEverySteps = 1 + seed % 4
        $0.average = seed % 2 == 0 ? nil : ExponentialAverage(decay: 0.9)
        $0.epochs = 4
        $0.evaluateEvery = 1 + seed % 3
      }
    }
    let whole = try trainer(nil).run(training: Clouds(), validation: Clouds(batchSize: 16))
    try withFolder { folder in
      var kills = 0
      while true {
        let patience = Int.random(in: 1...9, using: &random)
        let dies = kills < 6
        var batches = 0
        // Dies while it asks for a batch, so also between the batches of one step.
        let source = DyingSource(Clouds()) {
          batches += 1
          return dies && batches > patience
        }
        do {
          let result = try trainer(folder).run(
            training: source,
            validation: Clouds(batchSize: 16),
            resume: true
          )
          #expect(result.weightsHash == whole.weightsHash)
          #expect(result.unaveragedModel.weightsHash == whole.unaveragedModel.weightsHash)
          #expect(result.best?.weightsHash == whole.best?.weightsHash)
          #expect(result.bestValue == whole.bestValue)
          #expect(result.history.map(\.trainLoss) == whole.history.map(\.trainLoss))
          #expect(result.history.map(\.validation?.loss) == whole.history.map(\.validation?.loss))
          break
        } catch is Killed {
          kills += 1
        }
      }
      #expect(kills > 0)
    }
  }

  @Test("a stop at any step, the last of an epoch too, goes on to the same bits", arguments: 1...14)
  func stopAndResume(_ stop: Int) throws {
    func trainer(_ folder: URL?) throws -> Trainer {
      try linearTrainer {
        $0.epochs = 2
        $0.checkpointFolder = folder
      }
    }
    let whole = try trainer(nil).run(training: Clouds(), validation: Clouds())
    try withFolder { folder in
      var steps = 0
      let part = try trainer(folder).run(
        training: Clouds(),
        validation: Clouds(),
        observe: { if case .step = $0 { steps += 1 } },
        shouldStop: { steps == stop }
      )
      #expect(part.end == .stopped)
      #expect(part.steps == stop)
      let rest = try trainer(folder).run(training: Clouds(), validation: Clouds(), resume: true)
      #expect(rest.end == .finished)
      #expect(rest.weightsHash == whole.weightsHash)
      #expect(rest.history.count == 2)
      #expect(rest.best?.weightsHash == whole.best?.weightsHash)
    }
  }

  @Test("a checkpoint of other settings is refused and says which")
  func otherSettings() throws {
    try withFolder { folder in
      let options = { (options: inout TrainerOptions) in options.checkpointFolder = folder }
      _ = try linearTrainer(nil, options).run(training: Clouds())
      do {
        _ = try linearTrainer(optimizer: Adam(), options).run(training: Clouds(), resume: true)
        Issue.record("another optimizer went on")
      } catch TrainingError.checkpoint(let place, let expected, let actual) {
        #expect(place == "last.checkpoint, optimizer")
        #expect(expected == "SGD(momentum: 0.9, isNesterov: false)")
        #expect(actual.hasPrefix("Adam("))
      }
      let file = folder.appendingPathComponent("last.checkpoint")
      try Data("no checkpoint".utf8).write(to: file)
      #expect(throws: TrainingError.self) {
        try linearTrainer(nil, options).run(training: Clouds(), resume: true)
      }
    }
  }
}

/// A source that dies when a function says so.
struct DyingSource: BatchSource, @unchecked Sendable {
  let source: Clouds
  let dies: () -> Bool

  init(_ source: Clouds, dies: @escaping () -> Bool) { (self.source, self.dies) = (source, dies) }

  var name: String { source.name }
  var classes: [String] { source.classes }
  var inputShape: Shape { source.inputShape }
  var sampleCount: Int { source.sampleCount }
  var batchSize: Int { source.batchSize }
  var batchCount: Int { source.batchCount }
  func batch(_ index: Int, epoch: Int) throws -> TrainingBatch {
    if dies() { throw Killed() }
    return source.batch(index, epoch: epoch)
  }
}
