import Foundation

/// What the system says of the processor.
enum Processor {
  /// The name the processor gives itself.
  static var name: String {
    #if os(macOS)
      return systemString("machdep.cpu.brand_string") ?? "unknown processor"
    #else
      let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
      for line in text.split(separator: "\n") {
        let parts = line.split(separator: ":", maxSplits: 1)
        let key = parts.first?.trimmingCharacters(in: .whitespaces)
        if parts.count == 2, key == "model name" || key == "Model" {
          return parts[1].trimmingCharacters(in: .whitespaces)
        }
      }
      return "unknown processor"
    #endif
  }

  /// A data cache of the first core.
  struct Cache: Hashable {
    /// 1, 2 or 3.
    var level: Int
    var byteCount: Int
  }

  /// The data caches that the system tells of, nearest first; usual sizes where it tells of none.
  static var caches: [Cache] {
    let found = systemCaches.sorted { $0.level < $1.level }
    return found.isEmpty
      ? [Cache(level: 1, byteCount: 32 << 10), Cache(level: 2, byteCount: 512 << 10)] : found
  }

  private static var systemCaches: [Cache] {
    #if os(macOS)
      let names = ["hw.perflevel0.l1dcachesize", "hw.perflevel0.l2cachesize", "hw.l3cachesize"]
      return names.enumerated().compactMap { index, name in
        systemInteger(name).map { Cache(level: index + 1, byteCount: $0) }
      }
    #else
      let folder = "/sys/devices/system/cpu/cpu0/cache"
      func read(_ index: Int, _ file: String) -> String? {
        try? String(contentsOfFile: "\(folder)/index\(index)/\(file)", encoding: .utf8)
          .trimmingCharacters(in: .whitespacesAndNewlines)
      }
      return (0..<8).compactMap { index in
        guard let type = read(index, "type"), type != "Instruction",
          let level = read(index, "level").flatMap({ Int($0) }), (1...3).contains(level),
          let bytes = read(index, "size").flatMap(byteCount)
        else { return nil }
        return Cache(level: level, byteCount: bytes)
      }
    #endif
  }

  /// The bytes that a size such as `48K` or `32M` means.
  static func byteCount(_ size: String) -> Int? {
    let factors: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
    guard let last = size.last else { return nil }
    guard let factor = factors[last] else { return Int(size) }
    return Int(size.dropLast()).map { $0 * factor }
  }

  #if os(macOS)
    private static func systemString(_ name: String) -> String? {
      var size = 0
      guard sysctlbyname(name, nil, &size, nil, 0) == 0, size > 1 else { return nil }
      var bytes = [UInt8](repeating: 0, count: size)
      guard sysctlbyname(name, &bytes, &size, nil, 0) == 0 else { return nil }
      return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    private static func systemInteger(_ name: String) -> Int? {
      var value = 0
      var size = MemoryLayout<Int>.size
      return sysctlbyname(name, &value, &size, nil, 0) == 0 && value > 0 ? value : nil
    }
  #endif
}
