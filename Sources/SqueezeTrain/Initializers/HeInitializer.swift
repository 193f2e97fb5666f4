public import SqueezeTensor

/// Weights of variance `2 / ((1 + slope²) · fan)`, for layers before a ReLU, or a leaky one of some slope.
///
/// Source: He et al., "Delving Deep into Rectifiers" (2015), equations 10, 14 and 15.
public struct HeInitializer: Initializer {
  public static let name = "he"
  public var mode: FanMode
  public var distribution: WeightDistribution
  /// The slope of the rectifier for negative numbers.
  public var slope: Double

  /// Creates the rule.
  public init(
    mode: FanMode = .input,
    distribution: WeightDistribution = .normal,
    slope: Double = 0
  ) {
    self.mode = mode
    self.distribution = distribution
    self.slope = slope
  }

  /// What PyTorch begins convolutions and fully connected layers with: variance `1 / (3 fan in)`.
  ///
  /// That is a sixth of `he-uniform`. Before a batch normalization the size of weights changes no
  /// result, but the smaller they are, the faster they turn at the same rate: rates of PyTorch's recipes
  /// are meant for this one.
  public static var smallUniform: HeInitializer {
    HeInitializer(distribution: .uniform, slope: 5.0.squareRoot())
  }

  public func weights(_ shape: Shape, fan: Fan, _ random: inout SeededGenerator) -> [Float] {
    let connections = max(1, mode == .input ? fan.input : fan.output)
    let deviation = (2 / ((1 + slope * slope) * connections)).squareRoot()
    return distribution.numbers(shape.count, deviation: deviation, &random)
  }
}
