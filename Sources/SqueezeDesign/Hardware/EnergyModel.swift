/// The energy of single operations at 45 nm and 0.9 V.
///
/// Source: Horowitz, "Computing's energy problem (and what we can do about it)", ISSCC 2014, Figure 1.1.9. In
/// picojoules, 10⁻¹² J.
public enum EnergyTable45nm {
  /// One addition, one multiplication.
  public static let operations: [(name: String, add: Double, multiply: Double)] = [
    ("int8", 0.03, 0.2), ("int32", 0.1, 3.1), ("float16", 0.4, 1.1), ("float32", 0.9, 3.7),
  ]
  /// Reading 64 bits of a cache of so many bytes.
  public static let caches: [(bytes: Int, picojoules: Double)] = [
    (8 << 10, 10), (32 << 10, 20), (1 << 20, 100),
  ]
  /// Reading 64 bits of DRAM: from 1.3 to 2.6 nJ; the lower end.
  public static let dram = 1300.0

  /// One multiply–accumulate; products of int8 are added in 32 bits.
  ///
  /// The table has no bfloat16, which counts as float16.
  public static func multiplyAccumulate(_ precision: Hardware.Precision) -> Double {
    switch precision {
    case .float32: 3.7 + 0.9
    case .float16, .bfloat16: 1.1 + 0.4
    case .int8: 0.2 + 0.1
    }
  }

  /// One byte of a cache: of the smallest one in the table that is not smaller, else of the largest.
  public static func byteOfCache(_ bytes: Int) -> Double {
    (caches.first { $0.bytes >= bytes } ?? caches[caches.count - 1]).picojoules / 8
  }

  /// One byte of DRAM.
  public static var byteOfDRAM: Double { dram / 8 }
}

/// The modelled energy of one run of a network: arithmetic, memory on the chip, memory beside it.
///
/// Never measured: real chips add control, leakage and idle time, and newer processes take less for
/// arithmetic.
public struct EnergyModel: Sendable, Hashable {
  /// In joules.
  public var arithmetic: Double
  public var onChip: Double
  public var offChip: Double
  /// Where the numbers per operation come from.
  public var source: String

  /// The sum in joules.
  public var total: Double { arithmetic + onChip + offChip }

  /// Models a network on a device.
  ///
  /// Values come from where ``HardwareRoofline`` finds them; the last level is DRAM unless the device is a
  /// microcontroller, whose memories are all on the chip.
  public init(_ limit: NetworkLimit) {
    let (hardware, precision) = (limit.hardware, limit.precision)
    let isAllOnChip = hardware.kind == .microcontroller
    let perMAC = hardware.picojoulesPerMAC ?? EnergyTable45nm.multiplyAccumulate(precision)
    let perByte = hardware.picojoulesPerByte ?? EnergyTable45nm.byteOfDRAM
    let caches = hardware.levels.dropLast().compactMap(\.bytes)
    let weights = limit.nodes.reduce(0) { $0 + $1.weightBytes }
    func isNear(_ bytes: Int) -> Bool { isAllOnChip || caches.contains { $0 >= bytes } }
    func nearCost(_ bytes: Int) -> Double {
      EnergyTable45nm.byteOfCache(caches.first { $0 >= bytes } ?? (1 << 20))
    }
    var (near, far) = (0.0, 0.0)
    for node in limit.nodes {
      let touched = node.activationBytes + node.weightBytes
      if isNear(touched) {
        near += Double(node.activationBytes) * nearCost(touched)
      } else {
        far += Double(node.activationBytes) * perByte
      }
      if isNear(weights) {
        near += Double(node.weightBytes) * nearCost(weights)
      } else {
        far += Double(node.weightBytes) * perByte
      }
    }
    arithmetic = Double(limit.macs) * perMAC * 1e-12
    onChip = near * 1e-12
    offChip = far * 1e-12
    source =
      hardware.picojoulesPerMAC == nil
      ? "45 nm table, Horowitz (2014)" : "\(hardware.title): \(hardware.source)"
  }
}
