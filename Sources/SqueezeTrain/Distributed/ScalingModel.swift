/// Predicts how synchronous data-parallel training of a network scales, each node with a batch of its own.
///
/// For `n` nodes, `S` bytes of gradients, bandwidth `β` and latency `α`, a ring all-reduce takes
///
///     A(n) = 2 (n − 1) / n · S / β + 2 (n − 1) · α
///
/// (Patarasuk and Yuan, "Bandwidth optimal all-reduce algorithms for clusters of workstations", 2009).
/// With `C` seconds of computing, a share `b` of them in the backward pass that communication may run
/// beside, a step takes `T(n)`, or `P(n)` where nothing overlaps:
///
///     T(n) = (1 − b) C + max(b C, A(n))        P(n) = C + A(n)
///
/// Efficiency is `C / T(n)`. `S` grows with parameters and `C` with MACs, so of two networks with the same
/// MACs the one with fewer parameters scales further. `T` is a lower bound: it takes gradients to come evenly
/// over the backward pass, communication to cost no computing, nodes to be equally fast and the network to be
/// free of other traffic.
public struct ScalingModel: Sendable, Hashable {
  /// The bytes of gradients that each step sums: 4 per trained parameter.
  public var gradientBytes: Int
  /// The seconds a node computes for one step, forwards, backwards and update.
  public var computeSeconds: Double
  /// The share of ``computeSeconds`` in the backward pass, in `0...1`.
  public var backwardShare: Double
  /// The samples of a node's batch.
  public var batch: Int
  public var link: NetworkLink

  /// The share where it is not measured: backwards costs twice the products of forwards.
  public static let usualBackwardShare = 2.0 / 3

  /// Creates the model of a network on a cluster.
  ///
  /// - Throws: ``TrainingError/setting(_:expected:actual:)`` for a number out of range.
  public init(
    gradientBytes: Int,
    computeSeconds: Double,
    backwardShare: Double = usualBackwardShare,
    batch: Int,
    link: NetworkLink
  ) throws(TrainingError) {
    guard computeSeconds > 0, computeSeconds.isFinite else {
      throw .setting("step time", expected: "above 0", actual: "\(computeSeconds) s")
    }
    guard (0...1).contains(backwardShare) else {
      throw .setting("backward share", expected: "0 to 1", actual: "\(backwardShare)")
    }
    guard batch > 0, gradientBytes >= 0 else {
      throw .setting("batch", expected: "at least 1", actual: "\(batch)")
    }
    self.gradientBytes = gradientBytes
    self.computeSeconds = computeSeconds
    self.backwardShare = backwardShare
    self.batch = batch
    self.link = link
  }

  /// What is predicted for one number of nodes.
  public struct Prediction: Sendable, Hashable {
    public var nodes: Int
    /// The seconds of the all-reduce, `A(n)`.
    public var communicationSeconds: Double
    /// The seconds of a step whose communication runs beside the backward pass, `T(n)`.
    public var stepSeconds: Double
    /// The seconds of a step that communicates after it computed, `P(n)`.
    public var plainStepSeconds: Double
    /// `C / T(n)`; 1 is perfect.
    public var efficiency: Double
    /// `C / P(n)`, where nothing overlaps.
    public var plainEfficiency: Double
    /// How many times the samples per second of one node, `n · C / T(n)`.
    public var speedup: Double
    /// The samples per second of all nodes.
    public var samplesPerSecond: Double
    /// The bytes each node sends per step.
    public var bytesSent: Double
  }

  /// The prediction for a number of nodes.
  ///
  /// - Precondition: `nodes` is positive.
  public func prediction(nodes: Int) -> Prediction {
    precondition(nodes > 0, "\(nodes) nodes")
    let others = Double(nodes - 1)
    let sent = 2 * others / Double(nodes) * Double(gradientBytes)
    let communication = sent / link.bytesPerSecond + 2 * others * link.latencySeconds
    let backward = backwardShare * computeSeconds
    let step = computeSeconds - backward + max(backward, communication)
    return Prediction(
      nodes: nodes,
      communicationSeconds: communication,
      stepSeconds: step,
      plainStepSeconds: computeSeconds + communication,
      efficiency: computeSeconds / step,
      plainEfficiency: computeSeconds / (computeSeconds + communication),
      speedup: Double(nodes) * computeSeconds / step,
      samplesPerSecond: Double(nodes * batch) / step,
      bytesSent: sent
    )
  }

  /// The predictions for 1, 2, 4, … nodes, and the most.
  ///
  /// - Precondition: `most` is positive.
  public func predictions(upTo most: Int) -> [Prediction] {
    precondition(most > 0, "\(most) nodes")
    var counts: [Int] = []
    var nodes = 1
    while nodes < most {
      counts.append(nodes)
      nodes *= 2
    }
    return (counts + [most]).map { prediction(nodes: $0) }
  }
}
