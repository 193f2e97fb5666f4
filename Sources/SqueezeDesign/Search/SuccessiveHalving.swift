/// Many candidates for a short time, the better ones for longer.
///
/// `n` candidates train for `r` epochs; the best `1/η` of them go on to `η r`, and so on, so that each round
/// costs about the same. Source: Jamieson and Talwalkar, "Non-stochastic Best Arm Identification and
/// Hyperparameter Optimization" (2016), §3; Li et al., "Hyperband" (2018), Algorithm 1.
public struct SuccessiveHalving: Sendable, Hashable, Codable {
  /// One round: how many candidates train, until how many epochs in all.
  public struct Round: Sendable, Hashable, Codable {
    public var candidates: Int
    public var epochs: Int

    /// Creates a round.
    public init(candidates: Int, epochs: Int) {
      self.candidates = candidates
      self.epochs = epochs
    }
  }

  /// Epochs of the first round.
  public let firstEpochs: Int
  /// Epochs of the last round.
  public let lastEpochs: Int
  /// `η`, at least 2.
  public let factor: Int

  /// Creates a plan.
  ///
  /// - Throws: ``SearchError`` where rounds cannot grow from the first to the last.
  public init(firstEpochs: Int, lastEpochs: Int, factor: Int = 3) throws(SearchError) {
    guard firstEpochs >= 1, lastEpochs >= firstEpochs, factor >= 2 else {
      throw SearchError(
        "halving",
        expected: "1 ≤ first ≤ last epochs and a factor of at least 2",
        actual: "\(firstEpochs), \(lastEpochs), \(factor)"
      )
    }
    self.firstEpochs = firstEpochs
    self.lastEpochs = lastEpochs
    self.factor = factor
  }

  /// The rounds for some candidates; the last ends at ``lastEpochs``.
  public func rounds(candidates: Int) -> [Round] {
    var rounds: [Round] = []
    var (count, epochs) = (max(1, candidates), firstEpochs)
    while true {
      let isLast = epochs >= lastEpochs || count == 1
      rounds.append(Round(candidates: count, epochs: isLast ? lastEpochs : epochs))
      if isLast { return rounds }
      count = max(1, count / factor)
      epochs = min(lastEpochs, epochs * factor)
    }
  }

  /// The positions of the candidates that go on, best first: by front, then by how alone they are.
  public static func survivors(
    of scores: [Scores],
    keeping count: Int,
    by objectives: [Objective]
  ) -> [Int] {
    let front = ParetoFront(objectives)
    let ranks = front.ranks(of: scores)
    let crowding = front.crowding(of: scores, ranks: ranks)
    let order = scores.indices.sorted {
      (ranks[$0], -crowding[$0], $0) < (ranks[$1], -crowding[$1], $1)
    }
    return Array(order.prefix(count))
  }
}
