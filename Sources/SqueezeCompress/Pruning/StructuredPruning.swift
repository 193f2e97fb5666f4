public import SqueezeGraph
public import SqueezeTensor

/// Removes whole channels: the model that is left is dense, smaller and faster everywhere.
///
/// Groups of channels are found by ``ChannelGroups``. In each, sets are removed from the least important
/// on; how many, ``Amount`` says.
///
/// ```swift
/// let method = StructuredPruning(.macs(keeping: 0.5), importance: .l2, multiple: 8)
/// let (small, report) = try method.prune(model)
/// ```
///
/// Sources: Li et al., "Pruning Filters for Efficient ConvNets" (2017); Fang et al., "DepGraph: Towards Any
/// Structural Pruning" (2023).
public struct StructuredPruning: Rewrite {
  /// How much is removed.
  public enum Amount: Sendable, Hashable {
    /// A fraction of all channels, those of least importance relative to their group's mean.
    case global(Double)
    /// The same fraction of every group.
    case uniform(Double)
    /// A fraction for each group, by the name of any layer that makes its channels; others stay whole.
    case perGroup([String: Double])
    /// As few channels as leave at most a fraction of the multiply–accumulates, ranked as in `global`.
    case macs(keeping: Double)
    /// As few channels as leave at most a fraction of the parameters, ranked as in `global`.
    case parameters(keeping: Double)
  }

  public var amount: Amount
  public var importance: ChannelImportance
  /// What the channels left in a layer are a multiple of, where any are removed: 8 or 16 fill vectors.
  public var multiple: Int
  /// The channels that every layer keeps at least.
  public var minimumChannels: Int
  /// The largest fraction of a group that goes, so that a global ranking empties none.
  public var maximumRatio: Double
  /// Layers whose channels stay, by name.
  public var frozen: Set<String>

  /// Creates the method.
  public init(
    _ amount: Amount,
    importance: ChannelImportance = .l2,
    multiple: Int = 1,
    minimumChannels: Int = 1,
    maximumRatio: Double = 0.9,
    frozen: Set<String> = []
  ) {
    self.amount = amount
    self.importance = importance
    self.multiple = multiple
    self.minimumChannels = minimumChannels
    self.maximumRatio = maximumRatio
    self.frozen = frozen
  }

  /// The smaller model; see ``prune(_:shapes:)`` for what was removed.
  public func apply(to model: consuming Model) throws -> Model { try prune(model).model }

  /// The smaller model and what was removed.
  ///
  /// - Parameters:
  ///   - model: the model.
  ///   - shapes: the shapes of inputs whose sizes are open beyond the batch.
  /// - Returns: the model, and a report on every group.
  /// - Throws: ``PruningError`` for settings that make no sense, names of no group and a target out of
  ///   reach; `ModelError` where the graph does not hold together.
  public func prune(
    _ model: Model,
    shapes: [String: Shape] = [:]
  ) throws -> (model: Model, report: StructuredPruningReport) {
    let groups = try ChannelGroups(of: model, shapes: shapes)
    let plan = try plan(model, groups)
    let small = try groups.removing(plan.removedSets, from: model)
    return (small, try StructuredPruningReport(groups, plan, model))
  }

  /// The sets of channels that would be removed.
  ///
  /// - Parameters:
  ///   - model: the model.
  ///   - groups: its channels.
  /// - Returns: sets for ``ChannelGroups/removing(_:from:)``.
  /// - Throws: as ``prune(_:shapes:)``.
  public func sets(of model: Model, _ groups: ChannelGroups) throws -> [ChannelSet] {
    try plan(model, groups).removedSets
  }

  /// Decides what is removed of every group.
  private func plan(_ model: Model, _ groups: ChannelGroups) throws -> ChannelPlan {
    try check(groups)
    let scores = try ChannelScores(importance, groups, model)
    var plan = ChannelPlan(groups)
    for (position, group) in groups.groups.enumerated() {
      if group.producers.contains(where: frozen.contains) {
        plan.refuse(position, "frozen")
      } else if let scores = try scores.scores(of: group) {
        plan.rank(position, scores, self)
      } else {
        plan.refuse(position, "no batch normalization to judge by")
      }
    }
    switch amount {
    case .uniform(let ratio): plan.removeShare { _ in ratio }
    case .perGroup(let ratios):
      plan.removeShare { group in group.producers.compactMap { ratios[$0] }.first ?? 0 }
    case .global(let ratio):
      plan.removeLowest(Int((ratio * Double(plan.setCount)).rounded()))
    case .macs(let fraction):
      let full = try plan.cost(model).macs
      try plan.removeLowest(until: "MACs") { plan throws in
        Double(try plan.cost(model).macs) <= fraction * Double(full)
      }
    case .parameters(let fraction):
      let full = try plan.cost(model).parameters
      try plan.removeLowest(until: "parameters") { plan throws in
        Double(try plan.cost(model).parameters) <= fraction * Double(full)
      }
    }
    return plan
  }

  private func check(_ groups: ChannelGroups) throws(PruningError) {
    try PruningError.check("largest ratio", maximumRatio)
    for (name, value) in [("multiple", multiple), ("fewest channels", minimumChannels)] {
      guard value >= 1 else { throw PruningError(name, expected: "at least 1", actual: value) }
    }
    var names = frozen
    switch amount {
    case .global(let ratio), .uniform(let ratio): try PruningError.check("ratio", ratio)
    case .macs(let fraction), .parameters(let fraction):
      try PruningError.check("fraction kept", fraction)
    case .perGroup(let ratios):
      for (name, ratio) in ratios.sorted(by: { $0.key < $1.key }) {
        try PruningError.check("ratio of \"\(name)\"", ratio)
      }
      names.formUnion(ratios.keys)
    }
    let known = Set(groups.groups.flatMap(\.producers))
    if let stray = names.subtracting(known).min() {
      throw PruningError("groups", expected: "layers that make channels", actual: "\"\(stray)\"")
    }
  }
}
