import Foundation

/// Steps of a size that the history of each scalar's gradient sets.
///
/// With decay `λ`, rate `η` and step `t` from 1: `g ← g + λ w`, `m ← β₁ m + (1 − β₁) g`,
/// `v ← β₂ v + (1 − β₂) g²`, `w ← w − η · m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε)`.
///
/// Source: Kingma and Ba, "Adam" (2015), Algorithm 1; decay as a part of the gradient, as in PyTorch.
public struct Adam: Optimizer {
  /// The memory of the mean gradient, `β₁`.
  public var firstDecay: Float
  /// The memory of the squared gradient, `β₂`.
  public var secondDecay: Float
  public var epsilon: Float

  /// Creates the optimizer.
  public init(firstDecay: Float = 0.9, secondDecay: Float = 0.999, epsilon: Float = 1e-8) {
    self.firstDecay = firstDecay
    self.secondDecay = secondDecay
    self.epsilon = epsilon
  }

  public var slotCount: Int { 2 }

  public func update(_ slice: ParameterSlice, _ step: OptimizerStep) {
    follow(slice, step, coupledDecay: step.weightDecay, shrinkage: 1)
  }

  /// The rule with decay in the gradient, `λ`, or apart from it: `w ← shrinkage · w` before all else.
  func follow(
    _ slice: ParameterSlice,
    _ step: OptimizerStep,
    coupledDecay: Float,
    shrinkage: Float
  ) {
    let (w, gradients, m, v) = (slice.values, slice.gradients, slice.slot(0), slice.slot(1))
    let (scale, epsilon) = (step.gradientScale, epsilon)
    let (old1, old2) = (firstDecay, secondDecay)
    let (new1, new2) = (1 - old1, 1 - old2)
    let correction1 = 1 - pow(Double(old1), Double(step.number))
    let correction2 = 1 - pow(Double(old2), Double(step.number))
    let rate = Float(Double(step.rate) / correction1)
    let root = Float(1 / correction2.squareRoot())
    for i in 0..<slice.count {
      let value = w[i] * shrinkage
      let g = scale * gradients[i] + coupledDecay * value
      let mean = old1 * m[i] + new1 * g
      let square = old2 * v[i] + new2 * g * g
      m[i] = mean
      v[i] = square
      w[i] = value - rate * mean / (square.squareRoot() * root + epsilon)
    }
  }
}
