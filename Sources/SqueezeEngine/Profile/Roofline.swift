/// The limits that arithmetic and every level of memory put on a step.
///
/// After Williams, Waterman and Patterson, "Roofline: An Insightful Visual Performance Model for
/// Multicore Architectures" (2009): a step takes at least as long as its arithmetic at the peak rate,
/// and at least as long as its bytes at the rate of the level they come from.
public struct Roofline: Sendable, Hashable {
  /// The most multiply–accumulates per second, in 10⁹.
  public var peakGMACsPerSecond: Double
  /// Nearest level first; the last one holds everything.
  public var levels: [Machine.Level]

  /// Creates limits.
  public init(peakGMACsPerSecond: Double, levels: [Machine.Level]) {
    self.peakGMACsPerSecond = peakGMACsPerSecond
    self.levels = levels
  }

  /// What a step does and touches.
  public struct Work: Sendable, Hashable {
    public var macs: Int
    /// The bytes of inputs and outputs.
    public var activationBytes: Int
    /// The bytes of parameters.
    public var weightBytes: Int
    /// All bytes that a whole run touches, which decides where the weights wait for the next run.
    public var runBytes: Int

    /// Creates a step's work.
    public init(macs: Int, activationBytes: Int, weightBytes: Int, runBytes: Int) {
      self.macs = macs
      self.activationBytes = activationBytes
      self.weightBytes = weightBytes
      self.runBytes = runBytes
    }
  }

  /// The least time of a step, and what sets it.
  public struct Limit: Sendable, Hashable {
    /// `compute`, or the name of a level of memory; `none` for a step that does nothing.
    public var bound: String
    /// The least time in seconds.
    public var seconds: Double

    static let none = Limit(bound: "none", seconds: 0)
  }

  /// The smallest level that holds some bytes.
  public func level(holding bytes: Int) -> Machine.Level? {
    levels.first { $0.bytes.map { $0 >= bytes } ?? true } ?? levels.last
  }

  /// The limit of a step.
  ///
  /// Activations come from the smallest level that holds all that the step touches, since the step
  /// before has just written them. Weights are touched once per run, so they come from the level that
  /// holds what a whole run touches.
  public func limit(of work: Work) -> Limit {
    let compute = Double(work.macs) / (peakGMACsPerSecond * 1e9)
    guard let near = level(holding: work.activationBytes + work.weightBytes),
      let far = level(holding: max(work.runBytes, work.activationBytes + work.weightBytes))
    else { return compute > 0 ? Limit(bound: "compute", seconds: compute) : .none }
    let activations = Double(work.activationBytes) / (near.gigabytesPerSecond * 1e9)
    let weights = Double(work.weightBytes) / (far.gigabytesPerSecond * 1e9)
    if compute == 0, activations + weights == 0 { return .none }
    if compute >= activations + weights { return Limit(bound: "compute", seconds: compute) }
    return Limit(
      bound: weights > activations ? far.name : near.name,
      seconds: activations + weights
    )
  }
}
