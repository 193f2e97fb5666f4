import SqueezeData
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import SqueezeTrain
import Testing

@Suite struct DivergenceTests {
  /// The place that a training which must diverge names.
  private func place(
    _ trainer: Trainer,
    _ source: any BatchSource = Clouds()
  ) throws -> (step: Int, place: String, statistics: String)? {
    do {
      _ = try trainer.run(training: source)
      return nil
    } catch TrainingError.diverged(let step, let place, let statistics) {
      return (step, place, statistics)
    }
  }

  @Test("a parameter that begins as NaN")
  func parameter() throws {
    let bad = Dense(Tensor([2, 3], [0, .nan, 1, 2, 0, 0]))
    let found = try #require(try place(linearTrainer(linearModel(weight: bad))))
    #expect(found.step == 1)
    #expect(found.place == "parameter fc.weight")
    #expect(found.statistics.hasPrefix("6 values, 1 NaN, min 0.0, max 2.0, mean 0.6"))
  }

  @Test("a node whose value overflows though parameters are finite")
  func node() throws {
    let bad = Dense(Tensor([2, 3], [Float](repeating: 3e38, count: 6)))
    let found = try #require(try place(linearTrainer(linearModel(weight: bad))))
    #expect(found.place == "node fc")
  }

  @Test("inputs that are not numbers")
  func input() throws {
    let found = try #require(try place(linearTrainer(), Clouds(distance: .nan)))
    #expect(found.place == "input x")
  }

  @Test("a loss above the limit, though finite")
  func limit() throws {
    let bad = Dense(Tensor([2, 3], [1e4, 1e4, 0, -1e4, -1e4, 0]))
    let found = try #require(
      try place(linearTrainer(linearModel(weight: bad)) { $0.lossLimit = 100 })
    )
    #expect(found.place.hasPrefix("loss "))
    #expect(found.statistics.hasPrefix("output: 16 values"))
  }

  @Test("a rate too large ends in an error that names a step, with the last checkpoint kept")
  func rate() throws {
    try withFolder { folder in
      let trainer = try linearTrainer(schedule: StepDecay(0.01, milestones: [1], factor: 1e38)) {
        $0.checkpointFolder = folder
      }
      let found = try #require(try place(trainer))
      #expect(found.step > 7)
      let bytes = try #require(try CheckpointFolder(folder).read("last.checkpoint"))
      let checkpoint = try Checkpoint(decoding: bytes, name: "last")
      #expect(checkpoint.state.step == 7)
      let model = try checkpoint.model(linearModel())
      #expect(model.parameters["fc.weight"]?.free.allSatisfy(\.isFinite) == true)
    }
  }
}
