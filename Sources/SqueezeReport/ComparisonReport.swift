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

    /// Describes a model; devices without a rate for its numbers are left out.
    public init(_ name: String, cost: ModelCost, fileBytes: Int?, devices: [Hardware] = []) {
      self.name = name
      self.cost = cost
      self.fileBytes = fileBytes
      limits = devices.compactMap { HardwareRoofline($0).map { NetworkLimit($0, cost) } }
    }
  }

  private let entries: [Entry]

  /// Creates a report; the first model is what the others are compared with.
  public init(_ entries: [Entry]) { self.entries = entries }

  /// One row per model; in brackets how many times less than the first.
  public var table: Table {
    func column(_ title: String) -> Table.Column { .init(title, .right) }
    let devices = entries.first?.limits.map(\.hardware.name) ?? []
    return Table(
      [
        .init("model"), column("nodes"), column("parameters"), column("MACs"), column("weights"),
        column("file"), column("peak activations"),
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
        seconds: Dictionary(
          entry.limits.map { ($0.hardware.name, $0.seconds) },
          uniquingKeysWith: { first, _ in first }
        )
      )
    }
  }
}
