public import SqueezeDesign
public import SqueezeGraph

/// Several models side by side.
public struct ComparisonReport: Sendable {
  /// One model.
  public struct Entry: Sendable {
    var name: String
    var cost: ModelCost
    var fileBytes: Int?
    var limits: [NetworkLimit]

    /// Describes a model; devices without a rate for the numbers are left out.
    public init(
      _ name: String,
      cost: ModelCost,
      fileBytes: Int?,
      devices: [Hardware] = [],
      precision: Hardware.Precision? = nil
    ) {
      self.name = name
      self.cost = cost
      self.fileBytes = fileBytes
      limits = devices.compactMap { device in
        HardwareRoofline(device, precision: precision).map { NetworkLimit($0, cost) }
      }
    }

    /// The bytes that a download takes: of the file, or of the weights where there is none.
    var downloadBytes: Int { fileBytes ?? cost.weightBytes }
  }

  private let entries: [Entry]
  private let megabitsPerSecond: Double

  /// Creates a report; the first model is what the others are compared with.
  public init(_ entries: [Entry], megabitsPerSecond: Double = 10) {
    self.entries = entries
    self.megabitsPerSecond = megabitsPerSecond
  }

  private func download(_ entry: Entry) -> Double {
    Transfer(bytes: entry.downloadBytes, megabitsPerSecond: megabitsPerSecond).seconds
  }

  /// One row per model; in brackets how many times less than the first.
  public var table: Table {
    func column(_ title: String) -> Table.Column { .init(title, .right) }
    let devices = entries.first?.limits.map(\.hardware.name) ?? []
    return Table(
      [
        .init("model"), column("nodes"), column("parameters"), column("MACs"), column("weights"),
        column("file"), column("peak activations"),
        column("download, \(Units.rounded(megabitsPerSecond)) Mbit/s"),
      ] + devices.map { column("\($0), least time") },
      rows: entries.map { entry in
        [
          entry.name, "\(entry.cost.nodes.count)",
          compared(Units.grouped(entry.cost.parameters), entry) { Double($0.cost.parameters) },
          compared(Units.count(entry.cost.macs), entry) { Double($0.cost.macs) },
          compared(Units.bytes(entry.cost.weightBytes), entry) { Double($0.cost.weightBytes) },
          entry.fileBytes.map { bytes in
            compared(Units.bytes(bytes), entry) { Double($0.fileBytes ?? 0) }
          } ?? "",
          compared(Units.bytes(entry.cost.peakActivationBytes), entry) {
            Double($0.cost.peakActivationBytes)
          },
          compared(Units.seconds(download(entry)), entry, download),
        ]
          + entry.limits.indices.map { device in
            compared(Units.seconds(entry.limits[device].seconds), entry) {
              $0.limits[device].seconds
            }
          }
      }
    )
  }

  private func compared(_ text: String, _ entry: Entry, _ value: (Entry) -> Double) -> String {
    guard let first = entries.first, value(entry) > 0, value(first) > 0,
      value(first) != value(entry)
    else { return text }
    return "\(text) (÷ \(Units.rounded(value(first) / value(entry))))"
  }

  /// One model under stable keys.
  public struct JSON: Codable, Sendable {
    var model: String
    var nodes: Int
    var parameters: Int
    var macs: Int
    var weight_bytes: Int
    var file_bytes: Int?
    var peak_activation_bytes: Int
    var download_seconds: Double
    var seconds: [String: Double]
  }

  /// The models under stable keys, for `--json`.
  public var json: [JSON] {
    entries.map { entry in
      JSON(
        model: entry.name,
        nodes: entry.cost.nodes.count,
        parameters: entry.cost.parameters,
        macs: entry.cost.macs,
        weight_bytes: entry.cost.weightBytes,
        file_bytes: entry.fileBytes,
        peak_activation_bytes: entry.cost.peakActivationBytes,
        download_seconds: download(entry),
        seconds: Dictionary(
          entry.limits.map { ($0.hardware.name, $0.seconds) },
          uniquingKeysWith: { first, _ in first }
        )
      )
    }
  }
}
