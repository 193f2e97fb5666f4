public import SqueezeData
public import SqueezeTensor

/// Several losses of one output, each times a weight, such as cross entropy plus Dice.
///
/// Reduction: each loss has its own; the sum is `Σ weight · loss`.
public struct SumOfLosses: Loss {
  /// One loss and how much it counts.
  public struct Term: Sendable {
    public var weight: Double
    public var loss: any Loss

    /// Creates a term.
    public init(_ weight: Double, _ loss: any Loss) {
      self.weight = weight
      self.loss = loss
    }
  }

  public let terms: [Term]

  /// Creates a sum.
  ///
  /// - Throws: ``TrainingError/setting(_:expected:actual:)`` where there is none, or where some losses want
  ///   logits and others what follows.
  public init(_ terms: [Term]) throws(TrainingError) {
    guard let first = terms.first else {
      throw .setting("losses", expected: "at least one", actual: "none")
    }
    if let odd = terms.first(where: { $0.loss.takesLogits != first.loss.takesLogits }) {
      throw .setting(
        "losses",
        expected: "all on logits or all on outputs",
        actual: "\(first.loss.settings) and \(odd.loss.settings)"
      )
    }
    self.terms = terms
  }

  public var takesLogits: Bool { terms[0].loss.takesLogits }

  public var settings: String {
    terms.map { "\($0.weight) * \($0.loss.settings)" }.joined(separator: " + ")
  }

  public func evaluate(
    _ output: Tensor,
    _ batch: TrainingBatch
  ) throws(TrainingError) -> LossValue {
    var sum = LossValue(value: 0, gradient: Tensor(zeros: output.shape))
    for term in terms {
      let part = try term.loss.evaluate(output, batch)
      sum.value += term.weight * part.value
      let weight = Float(term.weight)
      sum.gradient.scalars.withUnsafeMutableBufferPointer { total in
        part.gradient.scalars.withUnsafeBufferPointer { gradient in
          for i in total.indices { total[i] += weight * gradient[i] }
        }
      }
    }
    return sum
  }
}
