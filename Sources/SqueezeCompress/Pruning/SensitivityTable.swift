/// The score of a model with one item at a time compressed to one level at a time.
public struct SensitivityTable: Sendable, Hashable, Codable {
  /// The scores of one item, in the order of the levels; fewer while a scan is under way.
  public struct Row: Sendable, Hashable, Codable {
    public var item: String
    public var scores: [Double]

    /// Creates a row.
    public init(item: String, scores: [Double]) {
      self.item = item
      self.scores = scores
    }
  }

  /// The score of the model as it was; larger is better.
  public var baseline: Double
  /// The levels, mildest first.
  public var levels: [Double]
  public var rows: [Row]

  /// Creates a table.
  public init(baseline: Double, levels: [Double], rows: [Row] = []) {
    self.baseline = baseline
    self.levels = levels
    self.rows = rows
  }

  /// The score of an item at a level; `nil` where it was not measured.
  public func score(of item: String, at level: Double) -> Double? {
    guard let position = levels.firstIndex(of: level),
      let row = rows.first(where: { $0.item == item }), row.scores.indices.contains(position)
    else { return nil }
    return row.scores[position]
  }

  /// What an item costs at every level: the loss in score, made to rise with the level.
  ///
  /// A harsher level that happens to score better is a matter of noise: a level costs at least what every
  /// milder one costs, and never less than nothing. A score that is not a number costs without bound.
  public func costs(of item: String) -> [Double] {
    var worst = 0.0
    return (rows.first { $0.item == item }?.scores ?? []).map { score in
      let cost = baseline - score
      worst = max(worst, cost.isNaN ? .infinity : cost)
      return worst
    }
  }

  // MARK: - Spending a budget

  /// The harshest level of each item that costs at most so much by itself.
  ///
  /// - Parameters:
  ///   - cost: the loss in score that one item may cost.
  ///   - interpolates: whether levels between the measured ones are allowed, with costs on a straight line.
  ///   - mildest: the level that costs nothing, 0 for sparsities.
  /// - Returns: a level for each item that has one.
  public func levels(
    costingAtMost cost: Double,
    interpolates: Bool = true,
    mildest: Double = 0
  ) -> [String: Double] {
    var result: [String: Double] = [:]
    for row in rows {
      var points = [Point(level: mildest, saving: 0, cost: 0)]
      for (level, cost) in zip(levels, costs(of: row.item)) {
        points.append(Point(level: level, saving: 0, cost: cost))
      }
      guard let last = points.lastIndex(where: { $0.cost <= cost }) else { continue }
      var level = points[last].level
      if interpolates, last + 1 < points.count, points[last + 1].cost.isFinite {
        let (a, b) = (points[last], points[last + 1])
        let share = (cost - a.cost) / (b.cost - a.cost)
        level += (b.level - a.level) * share
      }
      if last > 0 || interpolates { result[row.item] = level }
    }
    return result
  }

  /// The levels that save so much in all at the least sum of costs.
  ///
  /// Costs are taken to add up. Of every item the lower convex hull of (saving, cost) is kept; its segments
  /// are spent in the order of cost per saving, which is optimal for such curves (Shoham and Gersho,
  /// "Efficient bit allocation for an arbitrary set of quantizers", 1988).
  ///
  /// - Parameters:
  ///   - target: what is to be saved over all items, in the unit of `saving`.
  ///   - interpolates: whether the last level taken may lie between measured ones, to meet the target
  ///     exactly; otherwise the target is passed by the last level.
  ///   - mildest: the level that saves and costs nothing, 0 for sparsities.
  ///   - saving: what an item saves at a level, such as its weights times the sparsity.
  /// - Returns: a level for every item that is changed, `nil` where even the harshest do not reach the
  ///   target.
  public func levels(
    saving target: Double,
    interpolates: Bool = true,
    mildest: Double = 0,
    by saving: (_ item: String, _ level: Double) -> Double
  ) -> [String: Double]? {
    var segments: [Segment] = []
    for (position, row) in rows.enumerated() {
      var points = [Point(level: mildest, saving: 0, cost: 0)]
      for (level, cost) in zip(levels, costs(of: row.item)) where cost.isFinite {
        points.append(Point(level: level, saving: saving(row.item, level), cost: cost))
      }
      let hull = Self.hull(points)
      for (a, b) in zip(hull, hull.dropFirst()) {
        segments.append(Segment(item: row.item, position: position, from: a, to: b))
      }
    }
    // Stable, so that the segments of one item keep their order: slopes rise along a hull.
    segments.sort {
      ($0.slope, $0.position, $0.from.saving) < ($1.slope, $1.position, $1.from.saving)
    }
    var result: [String: Double] = [:]
    var saved = 0.0
    for segment in segments {
      guard saved < target else { break }
      let gain = segment.to.saving - segment.from.saving
      let share = interpolates ? min(1, (target - saved) / gain) : 1
      result[segment.item] =
        share == 1
        ? segment.to.level
        : segment.from.level + (segment.to.level - segment.from.level) * share
      saved += gain * share
    }
    return saved >= target * (1 - 1e-9) ? result : nil
  }

  /// The sparsities that leave so small a part of all weights at the least sum of costs.
  ///
  /// - Parameters:
  ///   - sparsity: the fraction of the items' weights that is to be zero.
  ///   - counts: the number of weights of each item.
  /// - Returns: a sparsity by key, for ``MagnitudePruning/Amount/perParameter(_:)``; `nil` where even the
  ///   harshest levels do not reach the sparsity.
  public func sparsities(reaching sparsity: Double, counts: [String: Int]) -> [String: Double]? {
    let total = rows.reduce(0) { $0 + (counts[$1.item] ?? 0) }
    return levels(saving: sparsity * Double(total)) { item, level in
      Double(counts[item] ?? 0) * level
    }
  }

  private struct Point {
    var level: Double
    var saving: Double
    var cost: Double
  }

  private struct Segment {
    var item: String
    var position: Int
    var from: Point
    var to: Point
    var slope: Double { (to.cost - from.cost) / (to.saving - from.saving) }
  }

  /// The points of which no other saves as much for less: the lower convex hull from nothing on.
  private static func hull(_ points: [Point]) -> [Point] {
    var hull: [Point] = []
    for point in points.sorted(by: { ($0.saving, $0.cost) < ($1.saving, $1.cost) }) {
      if let last = hull.last, point.saving <= last.saving { continue }
      while hull.count >= 2 {
        let (a, b) = (hull[hull.count - 2], hull[hull.count - 1])
        let cross =
          (b.saving - a.saving) * (point.cost - a.cost)
          - (b.cost - a.cost) * (point.saving - a.saving)
        guard cross <= 0 else { break }
        hull.removeLast()
      }
      hull.append(point)
    }
    return hull
  }
}
