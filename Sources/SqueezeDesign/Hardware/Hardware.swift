/// A device as data: what it computes and moves per second at most, what its memories hold, and what it draws.
///
/// Operations are counted as data sheets do, 1 MAC = 2 operations; rates and sizes are decimal but for memories,
/// whose bytes are exact.
public struct Hardware: Sendable, Hashable, Codable {
  /// The sort of device.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    case gpu, accelerator, cpu, board, microcontroller, phone
  }

  /// What numbers are computed in.
  public enum Precision: String, Sendable, Hashable, Codable, CaseIterable {
    case float32, float16, bfloat16, int8

    /// The bytes of one number.
    public var byteCount: Int {
      switch self {
      case .float32: 4
      case .float16, .bfloat16: 2
      case .int8: 1
      }
    }
  }

  /// A memory.
  public struct Level: Sendable, Hashable, Codable {
    /// `L2`, `SRAM`, `DRAM`, `flash` or the like.
    public var name: String
    /// What it holds; `nil` where the source does not say.
    public var bytes: Int?
    /// What is read from it per second; `nil` where the source does not say.
    public var gigabytesPerSecond: Double?

    /// Creates a memory.
    public init(_ name: String, bytes: Int? = nil, gigabytesPerSecond: Double? = nil) {
      self.name = name
      self.bytes = bytes
      self.gigabytesPerSecond = gigabytesPerSecond
    }
  }

  /// The name on the command line, such as `raspberry-pi-4`.
  public var name: String
  public var title: String
  public var kind: Kind
  /// The year it came out.
  public var year: Int
  /// Where the numbers come from.
  public var source: String
  /// Operations per second by precision, in 10⁹.
  public var gigaoperationsPerSecond: [Precision: Double]
  /// Caches and memory, nearest first; the last one holds all that a network needs while it runs.
  public var levels: [Level]
  /// Where a program and its weights lie, where they are read from it while it runs.
  public var flash: Level?
  /// Electrical power under load, in watts.
  public var watts: Double?
  /// Energy of one MAC and of one byte of the last level in 10⁻¹² J; `nil` takes the 45 nm table's.
  public var picojoulesPerMAC: Double?
  public var picojoulesPerByte: Double?
  /// Whether the numbers were measured on the device, rather than taken from its data sheet.
  public var isMeasured: Bool

  /// Creates a device.
  public init(
    name: String,
    title: String,
    kind: Kind,
    year: Int,
    source: String,
    gigaoperationsPerSecond: [Precision: Double],
    levels: [Level],
    flash: Level? = nil,
    watts: Double? = nil,
    picojoulesPerMAC: Double? = nil,
    picojoulesPerByte: Double? = nil,
    isMeasured: Bool = false
  ) {
    self.name = name
    self.title = title
    self.kind = kind
    self.year = year
    self.source = source
    self.gigaoperationsPerSecond = gigaoperationsPerSecond
    self.levels = levels
    self.flash = flash
    self.watts = watts
    self.picojoulesPerMAC = picojoulesPerMAC
    self.picojoulesPerByte = picojoulesPerByte
    self.isMeasured = isMeasured
  }

  /// The precision with the highest rate; of equal ones the widest.
  public var fastestPrecision: Precision {
    Precision.allCases.reduce(.float32) { best, next in
      (gigaoperationsPerSecond[next] ?? 0) > (gigaoperationsPerSecond[best] ?? 0) ? next : best
    }
  }

  /// The memory behind all caches.
  public var memory: Level? { levels.last }

  /// How many operations the device does while one byte comes from its memory: below this intensity a network
  /// waits for memory.
  ///
  /// - Parameter precision: the numbers; the fastest ones where left out.
  /// - Returns: `nil` where one of the rates is unknown.
  public func operationsPerByte(_ precision: Precision? = nil) -> Double? {
    guard let rate = gigaoperationsPerSecond[precision ?? fastestPrecision],
      let bandwidth = memory?.gigabytesPerSecond, bandwidth > 0
    else { return nil }
    return rate / bandwidth
  }
}
