/// A number that a search makes small or large.
public struct Objective: Sendable, Hashable, Codable {
  /// What is measured of a candidate, such as `accuracy`, `parameters` or `latency`.
  public var name: String
  /// Whether more is better.
  public var isMaximized: Bool
  /// A value that a candidate must not exceed, or fall below where more is better; `nil` for none.
  public var budget: Double?

  /// Creates an objective.
  public init(_ name: String, isMaximized: Bool = false, budget: Double? = nil) {
    self.name = name
    self.isMaximized = isMaximized
    self.budget = budget
  }

  /// How far a value is beyond the budget, relative to it; 0 within.
  public func excess(_ value: Double) -> Double {
    guard let budget else { return 0 }
    let beyond = isMaximized ? budget - value : value - budget
    return max(0, beyond / max(abs(budget), .leastNormalMagnitude))
  }
}

/// What was measured of a candidate, one value per objective.
public struct Scores: Sendable, Hashable, Codable {
  public var values: [Double]

  /// Creates scores.
  public init(_ values: [Double]) { self.values = values }
}

/// Which candidates are worth having: no other is at least as good in everything and better in something.
///
/// Deb et al., "A fast and elitist multiobjective genetic algorithm: NSGA-II" (2002), §III.
public struct ParetoFront: Sendable {
  public let objectives: [Objective]

  /// Prepares to compare by some objectives.
  public init(_ objectives: [Objective]) { self.objectives = objectives }

  /// Whether one candidate makes another needless.
  ///
  /// Within budgets beats beyond; of two beyond, the one less far. NaN is worse than any number.
  public func dominates(_ a: Scores, _ b: Scores) -> Bool {
    let (over, other) = (excess(a), excess(b))
    if over != other { return over < other }
    var isBetter = false
    for (index, objective) in objectives.enumerated() {
      let (x, y) = (key(a.values[index], objective), key(b.values[index], objective))
      if x > y { return false }
      if x < y { isBetter = true }
    }
    return isBetter
  }

  /// The positions of the candidates on the front, in their order; of equal ones the first.
  public func positions(of scores: [Scores]) -> [Int] {
    scores.indices.filter { candidate in
      !scores.indices.contains { other in
        other != candidate
          && (dominates(scores[other], scores[candidate])
            || (other < candidate && scores[other] == scores[candidate]))
      }
    }
  }

  /// The front each candidate is on: 0 where nothing dominates it, 1 where only those do, and so on.
  public func ranks(of scores: [Scores]) -> [Int] {
    var ranks = [Int](repeating: -1, count: scores.count)
    var rank = 0
    while ranks.contains(-1) {
      let open = scores.indices.filter { ranks[$0] == -1 }
      let best = open.filter { candidate in
        !open.contains { $0 != candidate && dominates(scores[$0], scores[candidate]) }
      }
      for candidate in best { ranks[candidate] = rank }
      rank += 1
    }
    return ranks
  }

  /// How alone a candidate is among those of its rank; infinite at the ends of an objective.
  public func crowding(of scores: [Scores], ranks: [Int]) -> [Double] {
    var distances = [Double](repeating: 0, count: scores.count)
    for group in Dictionary(grouping: scores.indices, by: { ranks[$0] }).values {
      for (index, objective) in objectives.enumerated() {
        let order = group.sorted {
          let (a, b) = (
            key(scores[$0].values[index], objective), key(scores[$1].values[index], objective)
          )
          return (a, $0) < (b, $1)
        }
        guard let first = order.first, let last = order.last else { continue }
        let low = key(scores[first].values[index], objective)
        let width = key(scores[last].values[index], objective) - low
        distances[first] = .infinity
        distances[last] = .infinity
        guard order.count > 2, width > 0, width.isFinite else { continue }
        for place in 1..<order.count - 1 {
          let before = key(scores[order[place - 1]].values[index], objective)
          let after = key(scores[order[place + 1]].values[index], objective)
          distances[order[place]] += (after - before) / width
        }
      }
    }
    return distances
  }

  private func excess(_ scores: Scores) -> Double {
    zip(objectives, scores.values).reduce(0) { $0 + $1.0.excess($1.1.isNaN ? .infinity : $1.1) }
  }

  /// A value such that less is better.
  private func key(_ value: Double, _ objective: Objective) -> Double {
    value.isNaN ? .infinity : objective.isMaximized ? -value : value
  }
}
