public import SqueezeTensor

/// Which parameters are pulled towards zero, and how much.
///
/// A parameter belongs to the first group whose rule accepts it; one that no rule accepts takes
/// ``standard``. Whether decay joins the gradient or acts apart is the optimizer's affair.
public struct WeightDecay: Sendable, Hashable, Codable {
  /// One group: a rule and its decay.
  public struct Group: Sendable, Hashable, Codable {
    public var rule: Rule
    public var decay: Float

    /// Creates a group.
    public init(_ rule: Rule, decay: Float) {
      self.rule = rule
      self.decay = decay
    }
  }

  /// Which parameters a group takes.
  public enum Rule: Sendable, Hashable, Codable {
    /// Parameters of at most one axis: biases, scales of normalizations, slopes.
    case vectors
    /// Parameters of this name within their node, such as `bias`.
    case named(String)
    /// All parameters of nodes whose name begins so.
    case node(prefix: String)
    /// One parameter by its key, such as `conv1.weight`.
    case key(String)

    /// Whether a parameter belongs to the group.
    func accepts(_ key: String, _ shape: Shape) -> Bool {
      switch self {
      case .vectors: shape.rank <= 1
      case .named(let name): key.hasSuffix(".\(name)")
      case .node(let prefix): key.hasPrefix(prefix)
      case .key(let other): key == other
      }
    }
  }

  /// The decay of parameters outside all groups.
  public var standard: Float
  public var groups: [Group]

  /// Creates groups; by default biases and the vectors of normalizations do not decay.
  public init(_ standard: Float, groups: [Group] = [Group(.vectors, decay: 0)]) {
    self.standard = standard
    self.groups = groups
  }

  /// The decay of a parameter.
  public func decay(of key: String, shape: Shape) -> Float {
    groups.first { $0.rule.accepts(key, shape) }?.decay ?? standard
  }
}
