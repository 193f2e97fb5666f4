/// Adam with weight decay apart from the gradient, `w ← (1 − η λ) w` before Adam's step.
///
/// Source: Loshchilov and Hutter, "Decoupled Weight Decay Regularization" (2019), Algorithm 2, with the
/// decay times the rate, as in PyTorch.
public struct AdamW: Optimizer {
  /// The rule without decay.
  public var adam: Adam

  /// Creates the optimizer.
  public init(firstDecay: Float = 0.9, secondDecay: Float = 0.999, epsilon: Float = 1e-8) {
    adam = Adam(firstDecay: firstDecay, secondDecay: secondDecay, epsilon: epsilon)
  }

  public var slotCount: Int { 2 }

  public func update(_ slice: ParameterSlice, _ step: OptimizerStep) {
    adam.follow(slice, step, coupledDecay: 0, shrinkage: 1 - step.rate * step.weightDecay)
  }
}
