public import SqueezeTensor

/// How much a weight matters: the lowest scores are pruned first.
public enum WeightScore: Sendable {
  /// `|w|`.
  ///
  /// Source: Han et al., "Learning both Weights and Connections" (2015), §3.
  case magnitude
  /// `|w|` divided by the root mean square of the parameter's own weights, so that layers with small
  /// weights are not emptied by a global threshold.
  case relativeMagnitude
  /// `w² / Σ v²` over all weights `v` of the parameter that are no smaller.
  ///
  /// Never empties a layer: its largest weight scores 1.
  /// Source: Lee et al., "Layer-adaptive Sparsity for the Magnitude-based Pruning" (2021), §3.1.
  case layerAdaptive
  /// A score of every element, such as `|w · ∂L/∂w|` (Molchanov et al., "Importance Estimation for Neural
  /// Network Pruning", 2019), from the parameter's key and values.
  case custom(@Sendable (_ key: String, _ weight: Tensor) throws -> [Float])

  /// The score of every element of a parameter.
  func scores(_ key: String, _ weight: Tensor) throws -> [Float] {
    switch self {
    case .magnitude: return weight.reals.map { abs($0) }
    case .relativeMagnitude:
      let reals = weight.reals
      let energy = reals.reduce(0.0) { $0 + Double($1) * Double($1) }
      let deviation = (energy / Double(max(1, reals.count))).squareRoot()
      guard deviation > 0 else { return reals.map { abs($0) } }
      return reals.map { Float(Double(abs($0)) / deviation) }
    case .layerAdaptive: return Self.layerAdaptive(weight.reals)
    case .custom(let score):
      let scores = try score(key, weight)
      guard scores.count == weight.count else {
        throw PruningError(
          "scores of \"\(key)\"",
          expected: "\(weight.count) scores",
          actual: scores.count
        )
      }
      return scores
    }
  }

  private static func layerAdaptive(_ weights: [Float]) -> [Float] {
    let order = weights.indices.sorted { abs(weights[$0]) > abs(weights[$1]) }
    var scores = [Float](repeating: 0, count: weights.count)
    var energy = 0.0
    for element in order {
      let square = Double(weights[element]) * Double(weights[element])
      energy += square
      scores[element] = energy > 0 ? Float(square / energy) : 0
    }
    return scores
  }
}
