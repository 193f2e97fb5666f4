import SqueezeTensor

/// Evolution in which the oldest die, whatever they are worth.
///
/// A population begins at random. Each further candidate is a mutation of the best of a random sample of it,
/// and the oldest leaves. Dying of age, instead of being the worst, keeps a lucky measurement from
/// staying for ever. Best means: on the better front, then more alone on it.
/// Source: Real et al., "Regularized Evolution for Image Classifier Architecture Search" (2019), Algorithm 1.
///
/// The state is a value that can be stored: candidates are asked for and their scores told in the same order,
/// so a search that was killed goes on to the same candidates.
public struct AgeingEvolution: Sendable, Codable {
  /// A candidate and what was measured of it.
  public struct Member: Sendable, Hashable, Codable {
    public var genome: Genome
    public var scores: Scores
  }

  public let space: SearchSpace
  public let objectives: [Objective]
  /// How many live at once, at least 2.
  public let populationSize: Int
  /// Of how many the best is the parent.
  public let sampleSize: Int
  /// All candidates whose scores were told, oldest first.
  public private(set) var history: [Member] = []
  private var generator: SeededGenerator
  private var asked: Set<Genome> = []

  /// Begins a search.
  ///
  /// - Throws: ``SearchError`` for sizes that make no sense.
  public init(
    _ space: SearchSpace,
    objectives: [Objective],
    populationSize: Int = 16,
    sampleSize: Int = 5,
    seed: UInt64 = 1
  ) throws(SearchError) {
    guard !objectives.isEmpty else {
      throw SearchError("objectives", expected: "at least one", actual: "none")
    }
    guard populationSize >= 2, (1...populationSize).contains(sampleSize) else {
      throw SearchError(
        "population",
        expected: "at least 2, and a sample within it",
        actual: "\(populationSize), \(sampleSize)"
      )
    }
    self.space = space
    self.objectives = objectives
    self.populationSize = populationSize
    self.sampleSize = sampleSize
    generator = SeededGenerator(seed: seed)
  }

  /// The living, oldest first.
  public var population: ArraySlice<Member> { history.suffix(populationSize) }

  /// The next candidate that was not asked for before; `nil` where the whole space has been.
  ///
  /// The first one leaves everything at its first choice.
  public mutating func next() -> Genome? {
    guard asked.count < space.count else { return nil }
    var genome = asked.isEmpty ? space.base : proposal()
    // A mutation may have been tried; further ones from there, then anything.
    for attempt in 0... {
      if asked.insert(genome).inserted { return genome }
      genome = attempt < 20 ? space.mutated(genome, &generator) : space.random(&generator)
    }
    return nil
  }

  private mutating func proposal() -> Genome {
    guard asked.count >= populationSize, !history.isEmpty else { return space.random(&generator) }
    let living = Array(population)
    let front = ParetoFront(objectives)
    let ranks = front.ranks(of: living.map(\.scores))
    let crowding = front.crowding(of: living.map(\.scores), ranks: ranks)
    var sample = Array(living.indices)
    sample.shuffle(using: &generator)
    let parent = sample.prefix(sampleSize).min {
      (ranks[$0], -crowding[$0], $0) < (ranks[$1], -crowding[$1], $1)
    }
    return space.mutated(living[parent ?? 0].genome, &generator)
  }

  /// Takes the scores of a candidate.
  public mutating func tell(_ genome: Genome, _ scores: Scores) {
    precondition(scores.values.count == objectives.count, "\(scores.values.count) scores")
    history.append(Member(genome: genome, scores: scores))
  }

  /// The members that no other makes needless, of all that ever lived, within budgets where any is.
  public var front: [Member] {
    ParetoFront(objectives).positions(of: history.map(\.scores)).map { history[$0] }
  }
}
