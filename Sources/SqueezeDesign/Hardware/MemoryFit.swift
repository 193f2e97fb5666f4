/// Whether a network fits into a device's memories.
public struct MemoryFit: Sendable, Hashable {
  /// One memory.
  public struct Entry: Sendable, Hashable {
    /// The memory, such as `L2` or `flash`.
    public var memory: String
    /// What has to fit: `weights`, `activations` or both.
    public var content: String
    public var needed: Int
    public var available: Int
    public var fits: Bool { needed <= available }
  }

  public var entries: [Entry]

  /// Compares sizes.
  ///
  /// Where weights are read from flash, only activations need the memory; else both.
  ///
  /// - Parameters:
  ///   - hardware: the device.
  ///   - weightBytes: the bytes of all weights as the device keeps them.
  ///   - activationBytes: the most bytes of activations alive at once.
  public init(_ hardware: Hardware, weightBytes: Int, activationBytes: Int) {
    entries = []
    if let flash = hardware.flash, let bytes = flash.bytes {
      entries.append(
        Entry(memory: flash.name, content: "weights", needed: weightBytes, available: bytes)
      )
    }
    for level in hardware.levels {
      guard let bytes = level.bytes else { continue }
      let isAlone = hardware.flash != nil
      entries.append(
        Entry(
          memory: level.name,
          content: isAlone ? "activations" : "weights and activations",
          needed: activationBytes + (isAlone ? 0 : weightBytes),
          available: bytes
        )
      )
    }
  }

  /// Whether the network can run at all: flash and the last memory hold it.
  public var runs: Bool {
    guard let last = entries.last else { return true }
    return last.fits && (entries.first?.memory == "flash" ? entries[0].fits : true)
  }
}

/// How long a file takes over a line.
public struct Transfer: Sendable, Hashable {
  public var bytes: Int
  /// The bandwidth in 10⁶ bits per second.
  public var megabitsPerSecond: Double

  /// Creates a transfer.
  public init(bytes: Int, megabitsPerSecond: Double) {
    self.bytes = bytes
    self.megabitsPerSecond = megabitsPerSecond
  }

  /// The time in seconds, without waiting for the line to begin.
  public var seconds: Double {
    megabitsPerSecond > 0 ? 8 * Double(bytes) / (megabitsPerSecond * 1e6) : .infinity
  }
}
