import Foundation

/// A sparsity that rises while a network trains, fast at first and slower as weights get scarce.
///
/// `s(t) = s_f + (s_i − s_f) · (1 − (t − t₀) / (t₁ − t₀))³` from `t₀` to `t₁`.
///
/// Source: Zhu and Gupta, "To prune, or not to prune: exploring the efficacy of pruning for model
/// compression" (2017), equation 1.
public struct GradualSparsity: Sendable, Hashable, Codable {
  /// The sparsity before and after.
  public var initial: Double
  public var final: Double
  /// The first step at which weights are pruned, and the last.
  public var begin: Int
  public var end: Int
  /// The steps from one pruning to the next.
  public var interval: Int
  /// The power of the curve: 1 rises evenly, 3 is the paper's.
  public var exponent: Double

  /// Creates a schedule; steps may also be epochs.
  ///
  /// - Throws: ``PruningError`` for fractions outside `0...1` and steps out of order.
  public init(
    from initial: Double = 0,
    to final: Double,
    begin: Int = 0,
    end: Int,
    interval: Int = 1,
    exponent: Double = 3
  ) throws(PruningError) {
    try PruningError.check("initial sparsity", initial)
    try PruningError.check("final sparsity", final)
    guard begin >= 0, end >= begin, interval >= 1 else {
      throw PruningError(
        "gradual sparsity",
        expected: "0 ≤ begin ≤ end and an interval of at least 1",
        actual: "\(begin), \(end), \(interval)"
      )
    }
    guard exponent > 0, exponent.isFinite else {
      throw PruningError("exponent", expected: "a power above 0", actual: exponent)
    }
    self.initial = initial
    self.final = final
    self.begin = begin
    self.end = end
    self.interval = interval
    self.exponent = exponent
  }

  /// The sparsity of a step; before the first that of the beginning.
  public func sparsity(at step: Int) -> Double {
    guard step >= begin else { return initial }
    guard step < end else { return final }
    let left = 1 - Double(step - begin) / Double(end - begin)
    let share = power(left)
    // In this form both ends are met exactly.
    return initial * share + final * (1 - share)
  }

  /// Whether weights are pruned after a step: every `interval` steps, and at the end.
  public func prunes(at step: Int) -> Bool {
    step == end || (begin...end).contains(step) && (step - begin) % interval == 0
  }

  /// The steps at which weights are pruned, in order.
  public var steps: [Int] {
    let regular = Array(stride(from: begin, through: end, by: interval))
    return regular.last == end ? regular : regular + [end]
  }

  private func power(_ base: Double) -> Double {
    if exponent == 3 { return base * base * base }
    return exponent == 1 ? base : pow(base, exponent)
  }
}
