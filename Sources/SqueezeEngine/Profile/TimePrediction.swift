/// What a ``TimeModel`` says of the steps of a profile, beside what they took.
public struct TimePrediction: Sendable, Hashable {
  /// One step of the profile.
  public struct Step: Sendable, Hashable {
    public var nodes: [String]
    public var kernel: String
    /// Whether the step computes a node, rather than bringing a value into another form.
    public var isNode: Bool
    /// In seconds.
    public var predicted: Double
    public var measured: Double

    /// `|predicted − measured| / measured`.
    public var error: Double { measured > 0 ? abs(predicted - measured) / measured : 0 }
  }

  /// In the profile's order.
  public let steps: [Step]
  /// The networks the prediction was learned from.
  public let networks: [String]

  /// Predicts the steps of a profile at the pace that the processor had; their measured times are not looked at.
  public init(_ times: TimeModel, _ profile: ExecutionProfile) {
    steps = profile.steps.map {
      Step(
        nodes: $0.nodes,
        kernel: $0.kernel,
        isNode: !$0.operatorName.isEmpty,
        predicted: times.seconds(kernel: $0.kernel, $0.work) / profile.pace,
        measured: $0.seconds
      )
    }
    networks = times.networks
  }

  /// The median error of the steps that compute nodes.
  public var medianError: Double {
    let errors = steps.filter(\.isNode).map(\.error).sorted()
    return errors.isEmpty ? 0 : errors[errors.count / 2]
  }

  /// The whole run in seconds, as predicted.
  public var totalSeconds: Double { steps.reduce(0) { $0 + $1.predicted } }

  /// The nodes whose prediction is worst, the worst first.
  public func worst(_ count: Int) -> [Step] {
    Array(steps.filter(\.isNode).sorted { $1.error < $0.error }.prefix(count))
  }
}
