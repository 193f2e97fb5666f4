public import SqueezeTensor

/// Weights of variance `2 / (fan in + fan out)`, for layers between symmetric activations.
///
/// Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks"
/// (2010), equations 12 and 16.
public struct GlorotInitializer: Initializer {
  public static let name = "glorot"
  public var distribution: WeightDistribution

  /// Creates the rule.
  public init(distribution: WeightDistribution = .uniform) { self.distribution = distribution }

  public func weights(_ shape: Shape, fan: Fan, _ random: inout SeededGenerator) -> [Float] {
    let deviation = (2 / max(1, fan.input + fan.output)).squareRoot()
    return distribution.numbers(shape.count, deviation: deviation, &random)
  }
}
