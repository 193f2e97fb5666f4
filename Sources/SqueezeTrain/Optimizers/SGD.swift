/// Stochastic gradient descent with momentum.
///
/// With decay `λ`, momentum `μ` and rate `η`: `g ← g + λ w`, `v ← μ v + g`, then `w ← w − η v`, or with
/// Nesterov's look-ahead `w ← w − η (g + μ v)`. The rate stands outside of `v`, as in PyTorch.
///
/// Source: Sutskever et al., "On the importance of initialization and momentum in deep learning" (2013), §2.
public struct SGD: Optimizer {
  public var momentum: Float
  public var isNesterov: Bool

  /// Creates the optimizer.
  public init(momentum: Float = 0, isNesterov: Bool = false) {
    self.momentum = momentum
    self.isNesterov = isNesterov
  }

  public var slotCount: Int { momentum == 0 ? 0 : 1 }

  public func update(_ slice: ParameterSlice, _ step: OptimizerStep) {
    let (w, gradients) = (slice.values, slice.gradients)
    let (rate, decay, scale) = (step.rate, step.weightDecay, step.gradientScale)
    guard momentum != 0 else {
      for i in 0..<slice.count { w[i] -= rate * (scale * gradients[i] + decay * w[i]) }
      return
    }
    let (v, momentum) = (slice.slot(0), momentum)
    if isNesterov {
      for i in 0..<slice.count {
        let g = scale * gradients[i] + decay * w[i]
        v[i] = momentum * v[i] + g
        w[i] -= rate * (g + momentum * v[i])
      }
    } else {
      for i in 0..<slice.count {
        v[i] = momentum * v[i] + (scale * gradients[i] + decay * w[i])
        w[i] -= rate * v[i]
      }
    }
  }
}
