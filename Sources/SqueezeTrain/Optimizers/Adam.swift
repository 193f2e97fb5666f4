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
    let rule = AdamRule(self, step, coupledDecay: coupledDecay, shrinkage: shrinkage)
    let (w, g, m, v) = (slice.values, slice.gradients, slice.slot(0), slice.slot(1))
    let whole = slice.count & ~3
    for i in stride(from: 0, to: whole, by: 4) {
      var (mean, square) = (load(m + i), load(v + i))
      store(rule.next(load(w + i), load(g + i), &mean, &square), w + i)
      store(mean, m + i)
      store(square, v + i)
    }
    for i in whole..<slice.count {
      var (mean, square) = (SIMD4(repeating: m[i]), SIMD4(repeating: v[i]))
      w[i] = rule.next(SIMD4(repeating: w[i]), SIMD4(repeating: g[i]), &mean, &square)[0]
      (m[i], v[i]) = (mean[0], square[0])
    }
  }
}

/// The arithmetic of one step, on four scalars at once.
///
/// Written out in vectors because a loop over scalar square roots is not made one by the compiler.
private struct AdamRule {
  private let scale, coupledDecay, shrinkage: Float
  private let (old1, new1): (Float, Float)
  private let (old2, new2): (Float, Float)
  private let rate, root, epsilon: Float

  init(_ adam: Adam, _ step: OptimizerStep, coupledDecay: Float, shrinkage: Float) {
    scale = step.gradientScale
    self.coupledDecay = coupledDecay
    self.shrinkage = shrinkage
    (old1, new1) = (adam.firstDecay, 1 - adam.firstDecay)
    (old2, new2) = (adam.secondDecay, 1 - adam.secondDecay)
    epsilon = adam.epsilon
    let correction1 = 1 - pow(Double(adam.firstDecay), Double(step.number))
    let correction2 = 1 - pow(Double(adam.secondDecay), Double(step.number))
    rate = Float(Double(step.rate) / correction1)
    root = Float(1 / correction2.squareRoot())
  }

  /// The new values, given gradients; changes both means.
  @inline(__always)
  func next(
    _ values: SIMD4<Float>,
    _ gradients: SIMD4<Float>,
    _ mean: inout SIMD4<Float>,
    _ square: inout SIMD4<Float>
  ) -> SIMD4<Float> {
    let w = values * shrinkage
    let g = gradients * scale + w * coupledDecay
    mean = mean * old1 + g * new1
    square = square * old2 + g * g * new2
    return w - mean * rate / (square.squareRoot() * root + epsilon)
  }
}

/// Four floats from memory.
@inline(__always)
private func load(_ pointer: UnsafePointer<Float>) -> SIMD4<Float> {
  UnsafeRawPointer(pointer).loadUnaligned(as: SIMD4<Float>.self)
}

/// Four floats to memory.
@inline(__always)
private func store(_ values: SIMD4<Float>, _ pointer: UnsafeMutablePointer<Float>) {
  UnsafeMutableRawPointer(pointer).storeBytes(of: values, as: SIMD4<Float>.self)
}
