public import Foundation

/// The processor's own counters of the energy it took, where the kernel lets us read them.
///
/// Linux shows Intel's and AMD's "running average power limit" (RAPL) counters below `/sys/class/powercap`; most
/// systems let only the administrator read them. A counter covers the whole package, whatever runs on it.
public struct EnergyCounter: Sendable {
  /// One package's counter.
  private struct Domain: Sendable {
    var file: URL
    /// Where the counter begins again, in microjoules.
    var range: Double
  }

  private let domains: [Domain]

  /// Finds the counters; `nil` where there is none that can be read.
  ///
  /// - Parameter folder: where the kernel shows them.
  public init?(folder: URL = URL(fileURLWithPath: "/sys/class/powercap")) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    domains = names.sorted().compactMap { name in
      // `intel-rapl:0` is a package, `intel-rapl:0:0` a part of it.
      guard name.hasPrefix("intel-rapl:"), name.split(separator: ":").count == 2 else { return nil }
      let place = folder.appendingPathComponent(name)
      let file = place.appendingPathComponent("energy_uj")
      guard Self.number(file) != nil,
        let range = Self.number(place.appendingPathComponent("max_energy_range_uj"))
      else { return nil }
      return Domain(file: file, range: range)
    }
    if domains.isEmpty { return nil }
  }

  private static func number(_ file: URL) -> Double? {
    (try? String(contentsOf: file, encoding: .utf8)).flatMap {
      Double($0.trimmingCharacters(in: .whitespacesAndNewlines))
    }
  }

  /// The energy that all packages took while `body` ran, in joules.
  ///
  /// - Returns: `nil` where a counter could not be read any more; and what `body` gives.
  /// - Throws: what `body` throws.
  public func joules<Result>(
    during body: () throws -> Result
  ) rethrows -> (joules: Double?, result: Result) {
    let before = domains.map { Self.number($0.file) }
    let result = try body()
    var sum = 0.0
    for (domain, start) in zip(domains, before) {
      guard let start, let end = Self.number(domain.file) else { return (nil, result) }
      sum += end >= start ? end - start : end + domain.range - start
    }
    return (sum * 1e-6, result)
  }
}
