/// Joins sets of channels into bundles that keep the groups of convolutions equally wide.
///
/// A set adds to some blocks of some values. Removing sets is sound when all blocks of a value lose
/// equally many channels. Sets that add to the same blocks are of one kind and may stand for each other, so
/// a bundle is found as a list of kinds whose sum is even, by a search that always fills a block that
/// lacks channels; of each kind the least important set is taken.
struct BalancedBundles {
  /// The kind of every set: what it adds to each block beyond what it adds to all.
  private let kinds: [[Int]]
  /// The slots of the kinds by balance.
  private let slots: [Range<Int>]
  /// The most sets in a bundle, and the most steps of one search.
  private static let maximumSize = 16
  private static let maximumSteps = 50_000

  init(_ group: ChannelGroup, _ groups: ChannelGroups) {
    var slots: [Range<Int>] = []
    var slotsOfValue: [Int: [(first: Int, size: Int)]] = [:]
    for balance in group.balances {
      let first = slots.last?.upperBound ?? 0
      let size = groups.values[balance.value].count / balance.blocks
      slotsOfValue[balance.value, default: []].append((first, size))
      slots.append(first..<first + balance.blocks)
    }
    let count = slots.last?.upperBound ?? 0
    self.slots = slots
    kinds = group.sets.map { set in
      var kind = [Int](repeating: 0, count: count)
      groups.forEachChannel(of: set) { value, channel in
        for (first, size) in slotsOfValue[value] ?? [] { kind[first + channel / size] += 1 }
      }
      return Self.reduced(kind, slots)
    }
  }

  /// A kind less what all blocks of a balance have in common.
  private static func reduced(_ kind: [Int], _ slots: [Range<Int>]) -> [Int] {
    var kind = kind
    for range in slots {
      let least = kind[range].min() ?? 0
      for i in range { kind[i] -= least }
    }
    return kind
  }

  /// Bundles of sets, each as positions of sets, the least important first.
  ///
  /// - Parameter scores: the importance of every set.
  /// - Returns: bundles with the mean importance of their sets; sets that fit into none are left out.
  func bundles(_ scores: [Double]) -> [(sets: [Int], score: Double)] {
    let order = kinds.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
    if slots.isEmpty { return order.map { ([$0], scores[$0]) } }
    var queues: [[Int]: [Int]] = [:]
    for set in order.reversed() { queues[kinds[set], default: []].append(set) }
    var isUsed = [Bool](repeating: false, count: kinds.count)
    var recipes: [[Int]: [[Int]]?] = [:]
    var bundles: [(sets: [Int], score: Double)] = []
    for first in order where !isUsed[first] {
      let kind = kinds[first]
      if let recipe = recipes[kind], recipe == nil { continue }
      var recipe = recipes[kind] ?? nil
      if let known = recipe, !Self.isAvailable(known, queues) { recipe = nil }
      if recipe == nil {
        recipe = search(from: kind, queues.mapValues(\.count))
        recipes[kind] = .some(recipe)
      }
      guard let recipe else { continue }
      var sets: [Int] = []
      for kind in recipe {
        if let set = queues[kind]?.popLast() { sets.append(set) }
      }
      for set in sets { isUsed[set] = true }
      bundles.append((sets.sorted(), sets.reduce(0) { $0 + scores[$1] } / Double(sets.count)))
    }
    return bundles.sorted { ($0.score, $0.sets[0]) < ($1.score, $1.sets[0]) }
  }

  private static func isAvailable(_ recipe: [[Int]], _ queues: [[Int]: [Int]]) -> Bool {
    var needed: [[Int]: Int] = [:]
    for kind in recipe { needed[kind, default: 0] += 1 }
    return needed.allSatisfy { queues[$0.key]?.count ?? 0 >= $0.value }
  }

  /// The fewest kinds, beginning with `kind`, that together are even; `nil` where none are found.
  private func search(from kind: [Int], _ available: [[Int]: Int]) -> [[Int]]? {
    let names = available.keys.filter { key in key.contains { $0 != 0 } }
      .sorted { $0.lexicographicallyPrecedes($1) }
    var left = available
    left[kind, default: 0] -= 1
    var steps = 0
    func fill(_ sum: [Int], _ chosen: [[Int]], _ limit: Int) -> [[Int]]? {
      steps += 1
      guard steps <= Self.maximumSteps else { return nil }
      guard let lacking = lackingSlot(sum) else { return chosen }
      guard chosen.count < limit else { return nil }
      for name in names where name[lacking] > 0 && left[name, default: 0] > 0 {
        left[name, default: 0] -= 1
        defer { left[name, default: 0] += 1 }
        let next = Self.reduced(zip(sum, name).map { $0 + $1 }, slots)
        if let found = fill(next, chosen + [name], limit) { return found }
      }
      return nil
    }
    for limit in 1...Self.maximumSize {
      if let found = fill(kind, [kind], limit) { return found }
      if steps > Self.maximumSteps { return nil }
    }
    return nil
  }

  /// The first slot that has fewer channels than another of its balance.
  private func lackingSlot(_ sum: [Int]) -> Int? {
    for range in slots {
      guard let most = sum[range].max(), most > 0 else { continue }
      if let slot = range.first(where: { sum[$0] < most }) { return slot }
    }
    return nil
  }
}
