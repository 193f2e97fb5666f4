import SqueezeGraph

extension TrainingRun {
  /// Writes the last checkpoint.
  func save(_ observe: (TrainingEvent) throws -> Void) throws {
    guard storage != nil else { return }
    if let bad = store.firstNotFinite {
      throw Divergence(runtime: trainer.runtime, options: stepper.options, step: state.step)
        .error(at: "parameter \(bad.key)", bad.values)
    }
    try write(store.checkpoint(state), to: Self.lastName, observe)
  }

  /// The best model as a checkpoint: no optimizer, nothing to go on from.
  func bestCheckpoint(_ model: Model) -> Checkpoint {
    Checkpoint(state: state, parameters: model.parameters, lists: [:])
  }

  /// Writes one file; a failure ends the training or, if so wished, is a warning.
  func write(
    _ checkpoint: @autoclosure () -> Checkpoint,
    to name: String,
    _ observe: (TrainingEvent) throws -> Void
  ) throws {
    guard let storage, communicator.rank == 0 else { return }
    do {
      try observe(.checkpoint(try storage.write(checkpoint().encoded(), to: name)))
    } catch let error as TrainingError {
      guard case .storage = error, trainer.options.continuesWithoutCheckpoints else { throw error }
      try observe(.warning("\(error)"))
    }
  }

  /// Goes on from the last checkpoint, where there is one.
  ///
  /// - Throws: ``TrainingError/checkpoint(_:expected:actual:)`` where it is damaged or of another training.
  mutating func resume(_ observe: (TrainingEvent) throws -> Void) throws {
    guard let storage, let last = try read(Self.lastName, storage) else { return }
    try store.restore(last, name: Self.lastName)
    guard last.state.step <= totalSteps else {
      throw TrainingError.checkpoint(
        Self.lastName,
        expected: "at most \(totalSteps) steps",
        actual: "\(last.state.step)"
      )
    }
    state = last.state
    guard state.bestEpoch != nil else { return }
    guard let best = try read(Self.bestName, storage) else {
      return try observe(.warning("\(Self.bestName) is gone; the best model so far is lost"))
    }
    self.best = try best.model(trainer.model)
  }

  /// Reads a checkpoint of this training; other ranks get the bytes of rank 0.
  private func read(
    _ name: String,
    _ storage: any CheckpointStorage
  ) throws -> Checkpoint? {
    guard let bytes = try communicator.broadcast({ try storage.read(name) }) else { return nil }
    let checkpoint = try Checkpoint(decoding: bytes, name: name)
    let (theirs, ours) = (checkpoint.state.settings, state.settings)
    for key in Set(theirs.keys).union(ours.keys).sorted() where theirs[key] != ours[key] {
      throw TrainingError.checkpoint(
        "\(name), \(key)",
        expected: theirs[key] ?? "none",
        actual: ours[key] ?? "none"
      )
    }
    return checkpoint
  }
}
