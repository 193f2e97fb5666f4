public import SqueezeGraph
import SqueezeOperators
import SqueezeParameters

/// Sets the weights that matter least to zero and keeps them there.
///
/// The result's weights are masked: an optimizer sees only what was kept, so a pruned weight stays exactly
/// zero however long it trains. Pruning again never revives a weight; a sparsity counts what is pruned
/// already.
///
/// Source: Han et al., "Learning both Weights and Connections for Efficient Neural Networks" (2015), §3.
public struct MagnitudePruning: Rewrite {
  /// How much is pruned of which parameter.
  public enum Amount: Sendable, Hashable {
    /// A fraction of all weights together: one threshold for all parameters.
    case global(Double)
    /// The same fraction of every parameter.
    case uniform(Double)
    /// A fraction for each parameter by key, as a ``SensitivityTable`` allots it; others stay whole.
    case perParameter([String: Double])
    /// Weights whose score lies below so many standard deviations of their parameter (Han et al., §3.1).
    case deviations(Double)
  }

  public var amount: Amount
  public var score: WeightScore
  public var pattern: SparsityPattern
  /// The parameters that are pruned; `nil` for `model.weightKeys`.
  public var keys: [String]?
  /// The fraction of every parameter that a global threshold leaves at least.
  public var minimumDensity: Double

  /// Creates the method.
  public init(
    _ amount: Amount,
    score: WeightScore = .magnitude,
    pattern: SparsityPattern = .elements,
    keys: [String]? = nil,
    minimumDensity: Double = 0
  ) {
    self.amount = amount
    self.score = score
    self.pattern = pattern
    self.keys = keys
    self.minimumDensity = minimumDensity
  }

  /// Creates the method with one threshold for all weights.
  public init(sparsity: Double) { self.init(.global(sparsity)) }

  /// The model with masked weights.
  ///
  /// - Throws: ``PruningError`` for settings that make no sense, unknown keys and encodings that cannot
  ///   hold zeros.
  public func apply(to model: consuming Model) throws -> Model {
    try check(model)
    let transposed = Set(
      model.nodes.filter { $0.op is TransposedConvolution }.map { Model.key($0.name, "weight") }
    )
    var weights = try selectedKeys(model).map { key in
      try PrunedWeight(
        key,
        model.parameters[key] ?? Dense(.init(zeros: [0])),
        isTransposed: transposed.contains(key),
        self
      )
    }
    switch amount {
    case .global(let sparsity):
      for i in weights.indices { weights[i].protect(minimumDensity) }
      PrunedWeight.prune(&weights, to: sparsity)
    case .uniform(let sparsity):
      for i in weights.indices { PrunedWeight.prune(&weights[i...i], to: sparsity) }
    case .perParameter(let sparsities):
      for i in weights.indices {
        PrunedWeight.prune(&weights[i...i], to: sparsities[weights[i].key] ?? 0)
      }
    case .deviations(let factor):
      for i in weights.indices { weights[i].prune(belowDeviations: factor) }
    }
    for weight in weights {
      guard let encoding = model.parameters[weight.key] else { continue }
      model.parameters[weight.key] = try encoding.pruned(keeping: weight.mask, weight.key)
    }
    return model
  }

  /// The keys that the amount concerns.
  private func selectedKeys(_ model: borrowing Model) -> [String] {
    let keys = self.keys ?? model.weightKeys
    guard case .perParameter(let sparsities) = amount else { return keys }
    return keys.filter { sparsities[$0] != nil }
  }

  private func check(_ model: borrowing Model) throws(PruningError) {
    try pattern.check()
    try PruningError.check("minimum density", minimumDensity)
    var named = keys ?? []
    switch amount {
    case .global(let sparsity), .uniform(let sparsity):
      try PruningError.check("sparsity", sparsity)
    case .perParameter(let sparsities):
      for (key, sparsity) in sparsities.sorted(by: { $0.key < $1.key }) {
        try PruningError.check("sparsity of \"\(key)\"", sparsity)
      }
      let known = keys ?? model.weightKeys
      if let stray = sparsities.keys.sorted().first(where: { !known.contains($0) }) {
        throw PruningError("sparsities", expected: "keys of weights", actual: stray)
      }
      named += sparsities.keys
    case .deviations(let factor):
      guard factor >= 0, factor.isFinite else {
        throw PruningError("deviations", expected: "a factor of at least 0", actual: factor)
      }
    }
    for key in named where model.parameters[key] == nil {
      throw PruningError("keys", expected: "parameters of the model", actual: key)
    }
  }
}
