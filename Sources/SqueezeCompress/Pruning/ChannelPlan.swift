import SqueezeGraph

/// What is removed of every group, while it is decided.
///
/// The sets of a group are ranked in bundles, the least important first, and a beginning of the list is
/// removed: as long as is wanted, or the nearest length that leaves every layer a permitted width.
struct ChannelPlan {
  /// One group's ranking.
  private struct Ranking {
    /// Bundles of positions of sets.
    var bundles: [[Int]] = []
    /// The importance of each bundle relative to the group's mean; it never falls.
    var scores: [Double] = []
    /// How many bundles may be removed, ascending; 0 is among them.
    var lengths: [Int] = [0]
    /// How many are.
    var removed = 0
    var refusal: String?
  }

  let groups: ChannelGroups
  private var rankings: [Ranking]

  init(_ groups: ChannelGroups) {
    self.groups = groups
    rankings = groups.groups.map { Ranking(refusal: $0.refusal) }
  }

  /// The sets that could be removed.
  var setCount: Int { rankings.reduce(0) { $0 + $1.bundles.reduce(0) { $0 + $1.count } } }

  /// The sets that are removed.
  var removedSets: [ChannelSet] { rankings.indices.flatMap { removedSets(of: $0) } }

  /// The sets that are removed of one group.
  func removedSets(of group: Int) -> [ChannelSet] {
    let ranking = rankings[group]
    return ranking.bundles.prefix(ranking.removed).joined().map { groups.groups[group].sets[$0] }
  }

  /// Why a group keeps channels it could otherwise lose.
  func refusal(of group: Int) -> String? { rankings[group].refusal }

  mutating func refuse(_ group: Int, _ reason: String) {
    rankings[group].refusal = rankings[group].refusal ?? reason
  }

  // MARK: - Ranking

  /// Ranks the sets of a group and finds how many may go.
  mutating func rank(_ position: Int, _ scores: [Double], _ method: StructuredPruning) {
    let group = groups.groups[position]
    let bundles = BalancedBundles(group, groups).bundles(scores)
    let mean = bundles.reduce(0) { $0 + $1.score } / Double(max(1, bundles.count))
    rankings[position].bundles = bundles.map(\.sets)
    rankings[position].scores = bundles.map { mean > 0 ? $0.score / mean : $0.score }
    rankings[position].lengths = lengths(group, bundles.map(\.sets), method)
    if bundles.isEmpty, !group.sets.isEmpty {
      refuse(position, "groups of a convolution could not stay equally wide")
    }
  }

  /// How many of a group's bundles may go so that widths stay multiples and nothing is emptied.
  private func lengths(
    _ group: ChannelGroup,
    _ bundles: [[Int]],
    _ method: StructuredPruning
  ) -> [Int] {
    // The channels of the group in each value; the fixed sets' are found as what the others leave.
    var left: [Int: Int] = [:]
    for set in group.sets {
      groups.forEachChannel(of: set) { value, _ in left[value, default: 0] += 1 }
    }
    let layers = Set(producedValues(of: group))
    for layer in layers { left[layer] = groups.values[layer].count }
    let full = left
    let sets = group.sets.count + group.fixedSets
    let most = Int(method.maximumRatio * Double(sets))
    var removed = 0
    var lengths = [0]
    for (position, bundle) in bundles.enumerated() {
      for set in bundle {
        groups.forEachChannel(of: group.sets[set]) { value, _ in left[value, default: 0] -= 1 }
      }
      removed += bundle.count
      guard removed <= most else { break }
      guard left.values.allSatisfy({ $0 >= 1 }) else { break }
      let fits = layers.allSatisfy { layer in
        guard let width = left[layer], let before = full[layer], width < before else { return true }
        return width % method.multiple == 0 && width >= method.minimumChannels
      }
      if fits { lengths.append(position + 1) }
    }
    return lengths
  }

  /// The values that a group's layers make.
  func producedValues(of group: ChannelGroup) -> [Int] {
    group.producers.compactMap { groups.output(of: $0) }
  }

  // MARK: - Deciding

  /// Removes a share of every group's sets, fixed ones counted.
  mutating func removeShare(_ ratio: (ChannelGroup) -> Double) {
    for position in rankings.indices {
      let group = groups.groups[position]
      let wanted = ratio(group) * Double(group.sets.count + group.fixedSets)
      var removed = 0
      var length = 0
      for bundle in rankings[position].bundles {
        // Half a bundle too many is as near as half a bundle too few.
        guard Double(removed) + Double(bundle.count) / 2 <= wanted + 1e-9 else { break }
        removed += bundle.count
        length += 1
      }
      rankings[position].removed = nearest(length, rankings[position].lengths)
    }
  }

  /// Removes the least important bundles of all groups until so many sets are gone.
  mutating func removeLowest(_ count: Int) {
    remove(ranked(), sets: count)
  }

  /// Removes as few bundles as satisfy a condition.
  ///
  /// - Parameters:
  ///   - what: what the condition limits, for the error.
  ///   - isEnough: whether a plan removes enough; must hold for more once it holds.
  /// - Throws: ``PruningError`` where even all that may go are not enough.
  mutating func removeLowest(
    until what: String,
    _ isEnough: (ChannelPlan) throws -> Bool
  ) throws {
    let order = ranked()
    var (low, high) = (0, setCount)
    remove(order, sets: high)
    guard try isEnough(self) else {
      throw PruningError(
        what,
        expected: "a target that the channels which may be removed reach",
        actual: "a lower one"
      )
    }
    while low < high {
      let middle = (low + high) / 2
      remove(order, sets: middle)
      if try isEnough(self) { high = middle } else { low = middle + 1 }
    }
    remove(order, sets: low)
  }

  /// Parameters and multiply–accumulates of the model that is left.
  func cost(_ model: Model) throws -> (parameters: Int, macs: Int) {
    var counts = groups.values.map(\.count)
    for set in removedSets { groups.forEachChannel(of: set) { value, _ in counts[value] -= 1 } }
    return try groups.cost(model, counts)
  }

  /// All bundles of all groups as positions of groups, the least important first.
  private func ranked() -> [Int] {
    var order: [(score: Double, group: Int, bundle: Int)] = []
    for (group, ranking) in rankings.enumerated() {
      for (bundle, score) in ranking.scores.enumerated() { order.append((score, group, bundle)) }
    }
    order.sort { ($0.score, $0.group, $0.bundle) < ($1.score, $1.group, $1.bundle) }
    return order.map(\.group)
  }

  private mutating func remove(_ order: [Int], sets count: Int) {
    var wanted = [Int](repeating: 0, count: rankings.count)
    var removed = 0
    for group in order {
      // A group that may lose no more leaves its share to the others.
      guard wanted[group] < rankings[group].lengths.last ?? 0 else { continue }
      let size = rankings[group].bundles[wanted[group]].count
      guard 2 * (count - removed) >= size, removed < count else { break }
      wanted[group] += 1
      removed += size
    }
    for group in rankings.indices {
      rankings[group].removed = nearest(wanted[group], rankings[group].lengths)
    }
  }

  /// The permitted length nearest to what is wanted, of two the shorter.
  private func nearest(_ wanted: Int, _ lengths: [Int]) -> Int {
    lengths.min { (abs($0 - wanted), $0) < (abs($1 - wanted), $1) } ?? 0
  }
}
