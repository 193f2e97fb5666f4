import SqueezeParameters
import SqueezeTensor

/// A weight while it is decided which of its elements stay.
struct PrunedWeight {
  let key: String
  /// Which elements stay so far.
  private(set) var mask: [Bool]
  /// The unit of every element, `nil` where each is its own.
  private let units: [Int32]?
  /// The mean score and the number of elements of every unit; −∞ where nothing of it is left.
  private var scores: [Float]
  private var sizes: [Int]
  /// The standard deviation of the weights, pruned ones left out.
  private let deviation: Double

  /// Scores a weight; a pattern of N of M prunes at once what it forbids.
  init(
    _ key: String,
    _ encoding: any ParameterEncoding,
    isTransposed: Bool,
    _ method: MagnitudePruning
  ) throws {
    self.key = key
    let weight = encoding.decoded()
    let scores = try method.score.scores(key, weight)
    mask = encoding.keptElements ?? [Bool](repeating: true, count: weight.count)
    deviation = Self.deviation(weight.reals, mask)
    if let groups = method.pattern.groups(of: weight.shape, isTransposed: isTransposed),
      case .nOfM(let kept, let all) = method.pattern
    {
      Self.thin(&mask, scores, groups, kept: kept, of: all)
    }
    units = method.pattern.units(of: weight.shape, isTransposed: isTransposed)
    guard let units else {
      self.scores = zip(scores, mask).map { $1 ? $0 : -.infinity }
      sizes = []
      return
    }
    let count = units.isEmpty ? 0 : Int(units.reduce(0) { max($0, $1) }) + 1
    var sums = [Double](repeating: 0, count: count)
    var alive = [Bool](repeating: false, count: count)
    sizes = [Int](repeating: 0, count: count)
    for (element, unit) in units.enumerated() {
      sizes[Int(unit)] += 1
      guard mask[element] else { continue }
      sums[Int(unit)] += Double(scores[element])
      alive[Int(unit)] = true
    }
    let all = sizes
    self.scores = (0..<count).map { alive[$0] ? Float(sums[$0] / Double(all[$0])) : -.infinity }
  }

  /// Keeps the best `kept` of `of` elements in every group; smaller groups keep their share, rounded up.
  private static func thin(
    _ mask: inout [Bool],
    _ scores: [Float],
    _ groups: [Int32],
    kept: Int,
    of all: Int
  ) {
    var members = [[Int32]](
      repeating: [],
      count: groups.isEmpty ? 0 : Int(groups.reduce(0) { max($0, $1) }) + 1
    )
    for (element, group) in groups.enumerated() { members[Int(group)].append(Int32(element)) }
    for group in members {
      let allowed = (group.count * kept + all - 1) / all
      // What is pruned already comes last; of equal scores the first stays.
      let order = group.sorted { a, b in
        let (a, b) = (Int(a), Int(b))
        if mask[a] != mask[b] { return mask[a] }
        return scores[a] == scores[b] ? a < b : scores[a] > scores[b]
      }
      for element in order.dropFirst(allowed) { mask[Int(element)] = false }
    }
  }

  private static func deviation(_ weights: [Float], _ mask: [Bool]) -> Double {
    var (count, sum, energy) = (0.0, 0.0, 0.0)
    for (weight, kept) in zip(weights, mask) where kept {
      count += 1
      sum += Double(weight)
      energy += Double(weight) * Double(weight)
    }
    guard count > 0 else { return 0 }
    return max(0, energy / count - sum / count * (sum / count)).squareRoot()
  }

  // MARK: - Deciding

  /// Keeps at least a fraction of the elements out of a global threshold's reach.
  mutating func protect(_ density: Double) {
    guard density > 0, units == nil else { return protectUnits(density) }
    let free = scores.count - Int((density * Double(scores.count)).rounded(.up))
    let lowest = LowestScores(max(0, free), among: [scores]).flags([scores])[0]
    for i in scores.indices where !lowest[i] && mask[i] { scores[i] = .infinity }
  }

  private mutating func protectUnits(_ density: Double) {
    guard density > 0 else { return }
    var left = Int((density * Double(mask.count)).rounded(.up))
    let scores = scores
    for unit in scores.indices.sorted(by: { scores[$0] > scores[$1] }) {
      guard left > 0, scores[unit] > -.infinity else { return }
      left -= sizes[unit]
      self.scores[unit] = .infinity
    }
  }

  /// Prunes elements whose score is below some standard deviations.
  mutating func prune(belowDeviations factor: Double) {
    let limit = Float(factor * deviation)
    drop(scores.map { $0 < limit })
  }

  /// Prunes weights until so large a fraction of all of them is zero.
  static func prune<Weights: MutableCollection>(_ weights: inout Weights, to sparsity: Double)
  where Weights.Element == PrunedWeight {
    let total = weights.reduce(0) { $0 + $1.mask.count }
    let target = Int((sparsity * Double(total)).rounded())
    guard target > 0 else { return }
    if weights.allSatisfy({ $0.units == nil }) {
      let reachable = weights.reduce(0) { $0 + $1.scores.count { $0 < .infinity } }
      let lists = weights.map(\.scores)
      let flags = LowestScores(min(target, reachable), among: lists).flags(lists)
      for (index, lowest) in zip(weights.indices, flags) { weights[index].drop(lowest) }
    } else {
      pruneUnits(&weights, target: target)
    }
  }

  /// Prunes whole units, the lowest first, as long as they do not lead away from the target.
  private static func pruneUnits<Weights: MutableCollection>(
    _ weights: inout Weights,
    target: Int
  ) where Weights.Element == PrunedWeight {
    var order: [(score: Float, weight: Int, unit: Int, size: Int)] = []
    for (position, weight) in weights.enumerated() {
      for unit in weight.scores.indices {
        let size = weight.units == nil ? 1 : weight.sizes[unit]
        order.append((weight.scores[unit], position, unit, size))
      }
    }
    order.sort { ($0.score, $0.weight, $0.unit) < ($1.score, $1.weight, $1.unit) }
    var flags = weights.map { [Bool](repeating: false, count: $0.scores.count) }
    var pruned = 0
    for entry in order where entry.score < .infinity {
      // Stop where one unit more would miss the target by more than one less.
      guard pruned < target, 2 * (target - pruned) >= entry.size else { break }
      flags[entry.weight][entry.unit] = true
      pruned += entry.size
    }
    for (index, lowest) in zip(weights.indices, flags) { weights[index].drop(lowest) }
  }

  /// Clears the mask of some units, or of some elements where each is a unit.
  private mutating func drop(_ flags: [Bool]) {
    guard let units else {
      for i in mask.indices where flags[i] { mask[i] = false }
      return
    }
    for (element, unit) in units.enumerated() where flags[Int(unit)] { mask[element] = false }
  }
}
