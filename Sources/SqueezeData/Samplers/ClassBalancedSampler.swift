import SqueezeTensor

/// As many draws as there are samples, with all classes equally often.
///
/// Rounds of one draw from every class that has samples, the classes in random order. Within a class
/// all samples are drawn once before one is drawn again, so large classes are thinned out and small
/// ones repeated.
public struct ClassBalancedSampler: Sampler {
  private let members: [[Int]]
  private let total: Int
  public let seed: UInt64

  /// Creates the sampler of samples whose classes are `labels`.
  public init(labels: [Int], seed: UInt64) {
    var members: [Int: [Int]] = [:]
    for (sample, label) in labels.enumerated() { members[label, default: []].append(sample) }
    self.members = members.keys.sorted().compactMap { members[$0] }
    total = labels.count
    self.seed = seed
  }

  /// - Precondition: `count` is the number of labels.
  public func draws(epoch: Int, count: Int) -> [Draw] {
    precondition(count == total, "labels of \(total) samples for \(count)")
    var random = SeededGenerator(seed: seed, path: epoch)
    var orders = members.map { _ in [Int]() }
    var passes = members.map { _ in -1 }
    var draws: [Draw] = []
    draws.reserveCapacity(count)
    while draws.count < count {
      for group in random.permutation(members.count) where draws.count < count {
        if orders[group].isEmpty {
          orders[group] = random.permutation(members[group].count)
          passes[group] += 1
        }
        let position = orders[group].removeLast()
        draws.append(Draw(members[group][position], repetition: passes[group]))
      }
    }
    return draws
  }
}
