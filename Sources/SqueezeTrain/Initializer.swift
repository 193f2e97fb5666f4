public import SqueezeTensor

/// Where weights begin.
public protocol Initializer: Sendable {
  /// The name in configurations, such as `he-normal`.
  static var name: String { get }

  /// The weights of one layer.
  ///
  /// - Parameters:
  ///   - shape: the weight's shape, outputs first: `[O, I/groups, kH, kW]` or `[O, I]`.
  ///   - fan: how many products one output and one input take part in.
  ///   - random: the source of random numbers.
  /// - Returns: `shape.count` scalars.
  func weights(_ shape: Shape, fan: Fan, _ random: inout SeededGenerator) -> [Float]
}

/// How many connections meet in a layer.
public struct Fan: Sendable, Hashable {
  /// The products that one output sums.
  public var input: Double
  /// The outputs that one input reaches.
  public var output: Double

  /// Creates a pair.
  public init(input: Double, output: Double) {
    self.input = input
    self.output = output
  }
}

/// Which of the two a rule keeps the variance by.
public enum FanMode: String, Sendable, Hashable, Codable {
  /// Forward passes keep their variance.
  case input
  /// Backward passes do.
  case output
}

/// The distribution of random weights.
public enum WeightDistribution: String, Sendable, Hashable, Codable {
  case normal, uniform

  /// Numbers of mean 0 and a given standard deviation.
  func numbers(_ count: Int, deviation: Double, _ random: inout SeededGenerator) -> [Float] {
    switch self {
    case .uniform:
      let limit = Float(deviation * 3.0.squareRoot())
      return (0..<count).map { _ in random.uniform(-limit, limit) }
    case .normal:
      return (0..<count).map { _ in Float(deviation * random.normal()) }
    }
  }
}
