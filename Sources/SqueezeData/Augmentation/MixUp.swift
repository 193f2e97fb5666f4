import SqueezeTensor

/// Mixes two samples and their targets: `λ a + (1 − λ) b`, with `λ` of the Beta distribution.
///
/// The partner of a sample is any sample, augmented alike. Classes become probabilities; maps cannot
/// be mixed.
/// Source: Zhang, Cisse, Dauphin and Lopez-Paz, "mixup: beyond empirical risk minimization" (2017), §2.
public struct MixUp: Sendable, Hashable {
  /// Both parameters of the Beta distribution; small ones mix little.
  public var alpha: Float

  /// Mixes with `λ ~ Beta(alpha, alpha)`.
  public init(alpha: Float = 0.2) { self.alpha = alpha }

  func mix(
    _ partner: AugmentedSample,
    into sample: inout AugmentedSample,
    classes: Int,
    random: inout SeededGenerator
  ) {
    let share = random.beta(Double(alpha))
    func mixed(_ a: [Float], _ b: [Float]) -> [Float] {
      zip(a, b).map { share * $0 + (1 - share) * $1 }
    }
    sample.values = mixed(sample.values, partner.values)
    if case .values(let a) = sample.target, case .values(let b) = partner.target {
      sample.target = .values(mixed(a, b))
    } else {
      sample.target = .probabilities(
        mixed(
          sample.target.probabilities(classes: classes),
          partner.target.probabilities(classes: classes)
        )
      )
    }
  }
}

extension ExampleTarget {
  /// The probability of each class; a class index has probability 1.
  func probabilities(classes: Int) -> [Float] {
    switch self {
    case .classIndex(let index): (0..<classes).map { $0 == index ? 1 : 0 }
    case .probabilities(let values): values
    case .map, .values: preconditionFailure("no classes to mix")
    }
  }
}
