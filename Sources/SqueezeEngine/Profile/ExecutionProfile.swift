/// Where the time of a compiled model goes, step by step, beside what the machine could do.
public struct ExecutionProfile: Sendable, Hashable {
  /// One step.
  public struct Step: Sendable, Hashable {
    /// The nodes the step computes; for a change of form the value it changes.
    public var nodes: [String]
    public var operatorName: String
    public var kernel: String
    /// The shape of the output, empty where the step makes no value.
    public var outputShape: [Int]
    /// The median time in seconds.
    public var seconds: Double
    public var work: Roofline.Work
    public var limit: Roofline.Limit

    /// Creates a step.
    public init(
      nodes: [String],
      operatorName: String,
      kernel: String,
      outputShape: [Int],
      seconds: Double,
      work: Roofline.Work,
      limit: Roofline.Limit
    ) {
      self.nodes = nodes
      self.operatorName = operatorName
      self.kernel = kernel
      self.outputShape = outputShape
      self.seconds = seconds
      self.work = work
      self.limit = limit
    }

    /// Multiply–accumulates per second, in 10⁹.
    public var gmacsPerSecond: Double { rate(Double(work.macs)) }
    /// Bytes of inputs, outputs and weights per second, in 10⁹.
    public var gigabytesPerSecond: Double { rate(Double(work.activationBytes + work.weightBytes)) }
    /// The least time the machine allows over the time taken; above 1 where a kernel such as
    /// Winograd's does with fewer products than the MACs that are counted.
    public var peakShare: Double { seconds > 0 ? limit.seconds / seconds : 0 }
    /// MACs per byte.
    public var intensity: Double {
      let bytes = work.activationBytes + work.weightBytes
      return bytes > 0 ? Double(work.macs) / Double(bytes) : 0
    }

    private func rate(_ amount: Double) -> Double { seconds > 0 ? amount / seconds * 1e-9 : 0 }
  }

  public var steps: [Step]
  public var machine: Machine
  public var instructionSet: InstructionSet
  public var threads: Int
  public var roofline: Roofline
  /// How fast the processor was meanwhile; 1 where that was not measured.
  ///
  /// What it could multiply and add per second, over the most it was ever measured to: other programs and its clock
  /// change that.
  public var pace: Double

  /// Creates a profile.
  public init(
    steps: [Step],
    machine: Machine,
    instructionSet: InstructionSet,
    threads: Int,
    roofline: Roofline,
    pace: Double = 1
  ) {
    self.steps = steps
    self.machine = machine
    self.instructionSet = instructionSet
    self.threads = threads
    self.roofline = roofline
    self.pace = pace
  }

  /// The steps with the times they would take at full pace.
  public var stepsAtFullPace: [Step] {
    steps.map {
      var step = $0
      step.seconds *= pace
      return step
    }
  }

  /// The sum of all steps in seconds.
  public var totalSeconds: Double { steps.reduce(0) { $0 + $1.seconds } }
}
