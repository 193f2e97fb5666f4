/// The network between the nodes of a cluster, as a model sees it: every node sends and receives at once
/// at full bandwidth, and every message waits for the latency first.
public struct NetworkLink: Sendable, Hashable {
  /// Bytes per second of each direction.
  public var bytesPerSecond: Double
  /// Seconds from one node to another.
  public var latencySeconds: Double

  /// Creates a link.
  ///
  /// - Throws: ``TrainingError/setting(_:expected:actual:)`` for a bandwidth or latency out of range.
  public init(bytesPerSecond: Double, latencySeconds: Double) throws(TrainingError) {
    guard bytesPerSecond > 0, bytesPerSecond.isFinite else {
      throw .setting("bandwidth", expected: "above 0", actual: "\(bytesPerSecond) bytes/s")
    }
    guard latencySeconds >= 0, latencySeconds.isFinite else {
      throw .setting("latency", expected: "at least 0", actual: "\(latencySeconds) s")
    }
    self.bytesPerSecond = bytesPerSecond
    self.latencySeconds = latencySeconds
  }

  /// Reads a bandwidth such as `10Gbit`, `100Mbit/s` or `1.25GB`, and a latency such as `10us` or `0.5ms`.
  ///
  /// Prefixes are decimal: `1Gbit` is 10⁹ bits per second.
  ///
  /// - Throws: ``TrainingError/setting(_:expected:actual:)`` for any other text.
  public init(bandwidth: String, latency: String) throws(TrainingError) {
    guard let bytes = Self.number(bandwidth, units: Self.bandwidths) else {
      throw .setting("bandwidth", expected: "such as 10Gbit or 1.25GB", actual: bandwidth)
    }
    guard let seconds = Self.number(latency, units: Self.latencies) else {
      throw .setting("latency", expected: "such as 10us or 0.5ms", actual: latency)
    }
    try self.init(bytesPerSecond: bytes, latencySeconds: seconds)
  }

  /// Bytes per second by unit.
  private static let bandwidths: [String: Double] = [
    "kbit": 125, "mbit": 125e3, "gbit": 125e6, "tbit": 125e9,
    "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12,
  ]

  /// Seconds by unit.
  private static let latencies: [String: Double] = [
    "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1,
  ]

  private static func number(_ text: String, units: [String: Double]) -> Double? {
    var text = text.lowercased().filter { $0 != " " }
    if text.hasSuffix("/s") { text.removeLast(2) }
    let digits = text.prefix { $0.isNumber || $0 == "." }
    guard let number = Double(digits), let unit = units[String(text.dropFirst(digits.count))] else {
      return nil
    }
    return number * unit
  }
}
