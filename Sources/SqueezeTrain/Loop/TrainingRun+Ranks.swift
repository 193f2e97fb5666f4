import Foundation

/// What a training of several processes does beyond that of one.
extension TrainingRun {
  var communicator: any Communicator { trainer.options.communicator }

  /// Takes a step; where another rank is gone, saves what was before it.
  ///
  /// - Throws: ``CommunicationError`` that says which step is safe, and what a step throws.
  mutating func stepOrSave(_ observe: (TrainingEvent) throws -> Void) throws -> StepReport {
    do {
      return try step()
    } catch var error as CommunicationError {
      guard communicator.rank == 0, storage != nil else { throw error }
      do {
        try save(observe)
        error.reason += "; step \(state.step) is saved, resume from there"
      } catch let failure {
        error.reason += "; the last checkpoint stays, another could not be written: \(failure)"
      }
      throw error
    }
  }

  /// What rank 0 finds by evaluating, on all ranks; the others do without the confusion matrix.
  ///
  /// One rank decides, so that no difference between machines can lead ranks apart.
  func sharedEvaluation(_ evaluate: () throws -> Evaluation) throws -> Evaluation {
    guard communicator.size > 1 else { return try evaluate() }
    var own: Evaluation?
    let bytes = try communicator.broadcast {
      let evaluation = try evaluate()
      own = evaluation
      return Array(try Self.encoder.encode(evaluation))
    }
    return try own ?? Self.decoder.decode(Evaluation.self, from: Data(bytes ?? []))
  }

  /// Checks that all ranks train the same, from the same weights.
  ///
  /// - Throws: ``CommunicationError`` that names the first setting that differs.
  func compareRanks() throws {
    guard communicator.size > 1 else { return }
    var own = state.settings
    own["weights"] = store.model(averaged: false).weightsHash
    own["step"] = "\(state.step)"
    let bytes = try communicator.broadcast { Array(try Self.encoder.encode(own)) }
    let first = try Self.decoder.decode([String: String].self, from: Data(bytes ?? []))
    let differing = Set(own.keys).union(first.keys).sorted().first { own[$0] != first[$0] }
    // All learn of it, so that nobody waits for one that left.
    let isAnyDifferent = try communicator.any(differing != nil)
    guard isAnyDifferent else { return }
    throw CommunicationError(
      rank: communicator.rank,
      size: communicator.size,
      differing.map {
        "\($0): rank 0 has \(first[$0] ?? "none"), this one \(own[$0] ?? "none")"
      } ?? "another rank trains something else"
    )
  }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf",
      negativeInfinity: "-inf",
      nan: "nan"
    )
    return encoder
  }

  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf",
      negativeInfinity: "-inf",
      nan: "nan"
    )
    return decoder
  }
}
