/// What a processor can do, as measured on it.
public struct Machine: Sendable, Hashable, Codable {
  /// The most multiply–accumulates per second of one instruction set on some threads.
  public struct Peak: Sendable, Hashable, Codable {
    public var instructionSet: String
    public var threads: Int
    public var gmacsPerSecond: Double

    /// Creates a rate.
    public init(instructionSet: String, threads: Int, gmacsPerSecond: Double) {
      self.instructionSet = instructionSet
      self.threads = threads
      self.gmacsPerSecond = gmacsPerSecond
    }
  }

  /// A cache, or the memory behind all caches.
  public struct Level: Sendable, Hashable, Codable {
    /// `L1`, `L2`, `L3` or `DRAM`.
    public var name: String
    /// The bytes that all threads together find in it; `nil` for the memory.
    public var bytes: Int?
    public var threads: Int
    /// What all threads together read per second.
    public var gigabytesPerSecond: Double

    /// Creates a level.
    public init(name: String, bytes: Int?, threads: Int, gigabytesPerSecond: Double) {
      self.name = name
      self.bytes = bytes
      self.threads = threads
      self.gigabytesPerSecond = gigabytesPerSecond
    }
  }

  /// The rate at which memory of one size is read.
  public struct Point: Sendable, Hashable, Codable {
    /// The bytes that each thread reads again and again.
    public var workingSetBytes: Int
    public var threads: Int
    public var gigabytesPerSecond: Double

    /// Creates a point.
    public init(workingSetBytes: Int, threads: Int, gigabytesPerSecond: Double) {
      self.workingSetBytes = workingSetBytes
      self.threads = threads
      self.gigabytesPerSecond = gigabytesPerSecond
    }
  }

  /// The name the processor gives itself.
  public var processor: String
  public var logicalProcessors: Int
  public var peaks: [Peak]
  /// Nearest level first.
  public var levels: [Level]
  /// Smallest size first.
  public var curve: [Point]

  /// Creates a description of a machine.
  public init(
    processor: String,
    logicalProcessors: Int,
    peaks: [Peak],
    levels: [Level],
    curve: [Point]
  ) {
    self.processor = processor
    self.logicalProcessors = logicalProcessors
    self.peaks = peaks
    self.levels = levels
    self.curve = curve
  }

  /// The limits of one instruction set on some threads; `nil` where they were not measured.
  public func roofline(_ set: InstructionSet, threads: Int) -> Roofline? {
    let peak = peaks.first { $0.instructionSet == set.rawValue && $0.threads == threads }
    let levels = levels.filter { $0.threads == threads }
    guard let peak, !levels.isEmpty else { return nil }
    return Roofline(peakGMACsPerSecond: peak.gmacsPerSecond, levels: levels)
  }
}
