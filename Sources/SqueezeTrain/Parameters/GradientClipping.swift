/// How gradients are kept from growing.
public enum GradientClipping: Sendable, Hashable, Codable {
  /// All gradients together are scaled so that their norm is at most this.
  ///
  /// `g ← g · min(1, limit / (‖g‖ + 10⁻⁶))`, as PyTorch defines it.
  /// Source: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks"
  /// (2013), Algorithm 1.
  case norm(Float)
  /// Every gradient is cut to `-limit...limit`.
  case value(Float)

  /// The limit.
  public var limit: Float {
    switch self {
    case .norm(let limit), .value(let limit): limit
    }
  }
}
