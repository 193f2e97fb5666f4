public import SqueezeDesign
public import SqueezeGraph

/// What a network costs on some devices: least time, what bounds it, energy, and whether it fits.
public struct HardwareReport: Sendable {
  private let cost: ModelCost
  private let patchBytes: Int
  private let fileBytes: Int?
  private let devices: [Device]

  private struct Device: Sendable {
    var limit: NetworkLimit
    var energy: EnergyModel
    var fit: MemoryFit
  }

  /// Creates a report.
  ///
  /// - Parameters:
  ///   - model: the network.
  ///   - cost: its cost for the inputs that are meant.
  ///   - devices: what it is to run on.
  ///   - precision: the numbers; each device's fastest where left out.
  ///   - fileBytes: the size of the model's file, for transfers.
  /// - Throws: `ModelError` where the graph does not hold together, ``HardwareReportError`` where a device has no
  ///   rate for the precision.
  public init(
    _ model: Model,
    cost: ModelCost,
    devices: [Hardware],
    precision: Hardware.Precision? = nil,
    fileBytes: Int? = nil
  ) throws {
    self.cost = cost
    self.fileBytes = fileBytes
    patchBytes = try PatchPlan(model).peakBytes
    self.devices = try devices.map { hardware in
      guard let roofline = HardwareRoofline(hardware, precision: precision) else {
        throw HardwareReportError(
          device: hardware.name,
          precision: precision ?? hardware.fastestPrecision,
          known: hardware.gigaoperationsPerSecond.keys.map(\.rawValue).sorted()
        )
      }
      let limit = NetworkLimit(roofline, cost)
      let size = roofline.precision.byteCount
      return Device(
        limit: limit,
        energy: EnergyModel(limit),
        fit: MemoryFit(
          hardware,
          weightBytes: (cost.parameters + cost.statistics) * size,
          activationBytes: cost.peakActivationBytes * size / 4
        )
      )
    }
  }

  // MARK: Tables

  /// One row per device: what bounds the network, its least time and modelled energy.
  public var table: Table {
    Table(
      [
        .init("device"), .init("numbers"), .init("op/B of device", .right),
        .init("op/B of network", .right), .init("bound by"), .init("at most", .right),
        .init("least time", .right), .init("energy, modelled", .right), .init("fits"),
      ],
      rows: devices.map { device in
        let (hardware, limit) = (device.limit.hardware, device.limit)
        let bound = limit.mainBound
        return [
          hardware.name, limit.precision.rawValue,
          hardware.operationsPerByte(limit.precision).map(Units.rounded) ?? "unknown",
          Units.rounded(limit.intensity),
          "\(bound.name) (\(Units.percent(bound.share)) of the time)",
          "\(Units.rounded(limit.attainableRate)) Gop/s", Units.seconds(limit.seconds),
          Self.joules(device.energy.total), Self.words(device.fit),
        ]
      }
    )
  }

  /// One row per node, with the least time on every device and what bounds it.
  public var nodes: Table {
    Table(
      [.init("node"), .init("operator"), .init("MACs", .right)]
        + devices.map { .init("\($0.limit.hardware.name), least time", .right) }
        + devices.map { .init("\($0.limit.hardware.name), bound") },
      rows: cost.nodes.enumerated().compactMap { index, node in
        let limits = devices.map { $0.limit.nodes[index] }
        guard limits.contains(where: { $0.seconds > 0 }) else { return nil }
        return [node.node, node.operatorName, Units.count(node.macs)]
          + limits.map { Units.seconds($0.seconds) } + limits.map(\.bound)
      }
    )
  }

  /// What fits into which memory of every device.
  public var memories: Table {
    Table(
      [
        .init("device"), .init("memory"), .init("holds", .right), .init("content"),
        .init("needs", .right), .init("fits"),
      ],
      rows: devices.flatMap { device in
        device.fit.entries.map { entry in
          [
            device.limit.hardware.name, entry.memory, Units.bytes(entry.available), entry.content,
            Units.bytes(entry.needed), entry.fits ? "yes" : "no",
          ]
        }
      }
    )
  }

  /// Remarks on what the tables mean.
  public func remarks(megabitsPerSecond: Double) -> String {
    var lines = [
      "Least times are rooflines: arithmetic at the peak rate, bytes at the peak bandwidth, every node alone; "
        + "nothing was run. op/B are operations per byte, 1 MAC = 2 operations.",
      "Energy is modelled, not measured: \(sources.joined(separator: "; ")).",
      "Peak activations in float32: \(Units.bytes(cost.peakActivationBytes)); "
        + "patch by patch \(Units.bytes(patchBytes)).",
    ]
    if let fileBytes {
      let transfer = Transfer(bytes: fileBytes, megabitsPerSecond: megabitsPerSecond)
      lines.append(
        "Download or update of \(Units.bytes(fileBytes)) at \(Units.rounded(megabitsPerSecond)) Mbit/s: "
          + "\(Units.seconds(transfer.seconds))."
      )
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private var sources: [String] { Set(devices.map(\.energy.source)).sorted() }

  private static func words(_ fit: MemoryFit) -> String {
    if !fit.runs { return "no" }
    guard let nearest = fit.entries.first(where: { $0.fits && $0.content != "weights" }) else {
      return "yes"
    }
    return nearest.memory
  }

  /// An energy, such as `12.3 mJ`.
  public static func joules(_ joules: Double) -> String {
    switch joules {
    case ..<1e-6: "\(Units.rounded(joules * 1e9)) nJ"
    case ..<1e-3: "\(Units.rounded(joules * 1e6)) µJ"
    case ..<1: "\(Units.rounded(joules * 1e3)) mJ"
    default: "\(Units.rounded(joules)) J"
    }
  }

  // MARK: JSON

  /// A network on one device, under stable keys.
  public struct JSON: Codable, Sendable {
    struct Node: Codable, Sendable {
      var name: String
      var bound: String
      var seconds: Double
      var gigaoperations_per_second: Double
      var operations_per_byte: Double
    }

    struct Memory: Codable, Sendable {
      var memory: String
      var content: String
      var needed: Int
      var available: Int
      var fits: Bool
    }

    struct Energy: Codable, Sendable {
      var kind: String
      var source: String
      var arithmetic_joules: Double
      var on_chip_joules: Double
      var off_chip_joules: Double
      var total_joules: Double
    }

    var device: String
    var is_measured: Bool
    var precision: String
    var device_operations_per_byte: Double?
    var operations_per_byte: Double
    var bound: String
    var bound_share: Double
    var seconds: Double
    var gigaoperations_per_second: Double
    var runs: Bool
    var patch_peak_activation_bytes: Int
    var energy: Energy
    var memories: [Memory]
    var nodes: [Node]
  }

  /// The report under stable keys, for `--json`: one entry per device.
  public var json: [JSON] {
    devices.map { device in
      let limit = device.limit
      return JSON(
        device: limit.hardware.name,
        is_measured: limit.hardware.isMeasured,
        precision: limit.precision.rawValue,
        device_operations_per_byte: limit.hardware.operationsPerByte(limit.precision),
        operations_per_byte: limit.intensity,
        bound: limit.mainBound.name,
        bound_share: limit.mainBound.share,
        seconds: limit.seconds,
        gigaoperations_per_second: limit.attainableRate,
        runs: device.fit.runs,
        patch_peak_activation_bytes: patchBytes,
        energy: .init(
          kind: "modelled",
          source: device.energy.source,
          arithmetic_joules: device.energy.arithmetic,
          on_chip_joules: device.energy.onChip,
          off_chip_joules: device.energy.offChip,
          total_joules: device.energy.total
        ),
        memories: device.fit.entries.map {
          .init(
            memory: $0.memory,
            content: $0.content,
            needed: $0.needed,
            available: $0.available,
            fits: $0.fits
          )
        },
        nodes: limit.nodes.map {
          .init(
            name: $0.node,
            bound: $0.bound,
            seconds: $0.seconds,
            gigaoperations_per_second: $0.attainableRate,
            operations_per_byte: $0.intensity
          )
        }
      )
    }
  }
}

/// A device that does not compute in the numbers asked for.
public struct HardwareReportError: Error, Sendable, Hashable, CustomStringConvertible {
  public var device: String
  public var precision: Hardware.Precision
  public var known: [String]

  public var description: String {
    "device \(device): expected one of \(known.joined(separator: ", ")), got \(precision.rawValue)"
  }
}
