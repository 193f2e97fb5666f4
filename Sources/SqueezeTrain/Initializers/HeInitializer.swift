public import SqueezeTensor

/// Weights of variance `2 / fan`, for layers before a ReLU.
///
/// Source: He et al., "Delving Deep into Rectifiers" (2015), equations 10 and 14.
public struct HeInitializer: Initializer {
  public static let name = "he"
  public var mode: FanMode
  public var distribution: WeightDistribution

  /// Creates the rule.
  public init(mode: FanMode = .input, distribution: WeightDistribution = .normal) {
    self.mode = mode
    self.distribution = distribution
  }

  public func weights(_ shape: Shape, fan: Fan, _ random: inout SeededGenerator) -> [Float] {
    let connections = max(1, mode == .input ? fan.input : fan.output)
    let deviation = (2 / connections).squareRoot()
    return distribution.numbers(shape.count, deviation: deviation, &random)
  }
}
