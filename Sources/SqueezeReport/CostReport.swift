import Foundation
public import SqueezeGraph

/// What a model costs, as a table, as JSON and as a picture.
public struct CostReport: Sendable {
  /// What the model is called, usually its file.
  public var model: String
  public var cost: ModelCost
  /// The size of the file, where the model comes from one.
  public var fileBytes: Int?
  /// The bytes of activations that a compiled plan holds at once.
  public var planBytes: Int?

  /// Creates a report.
  public init(model: String, cost: ModelCost, fileBytes: Int? = nil, planBytes: Int? = nil) {
    self.model = model
    self.cost = cost
    self.fileBytes = fileBytes
    self.planBytes = planBytes
  }

  /// The most bytes of activations at once: of the plan, else of values kept until their last use.
  public var peakActivationBytes: Int { planBytes ?? cost.peakActivationBytes }

  // MARK: Tables

  /// Every node's cost and the total.
  public var table: Table {
    Table(
      [
        .init("node"), .init("operator"), .init("output", .right), .init("parameters", .right),
        .init("MACs", .right), .init("weights", .right), .init("activations", .right),
        .init("read", .right), .init("written", .right), .init("MAC/B", .right),
      ],
      rows: cost.nodes.map { node in
        [
          node.node, node.operatorName, node.outputs.map { "\($0.shape)" }.joined(separator: " "),
          Units.grouped(node.parameters), Units.count(node.macs), Units.bytes(node.weightBytes),
          Units.bytes(node.activationBytes), Units.bytes(node.bytesRead),
          Units.bytes(node.bytesWritten), Units.rounded(node.arithmeticIntensity),
        ]
      },
      totals: [
        [
          "total", "\(cost.nodes.count) nodes", "", Units.grouped(cost.parameters),
          Units.count(cost.macs), Units.bytes(cost.weightBytes),
          Units.bytes(cost.activationBytes), Units.bytes(cost.bytesRead),
          Units.bytes(cost.bytesWritten), Units.rounded(cost.arithmeticIntensity),
        ]
      ]
    )
  }

  /// The sums, one fact per line.
  public var summary: String {
    var lines = [
      "parameters        \(Units.grouped(cost.parameters))",
      "MACs              \(Units.grouped(cost.macs))  (1 MAC = 2 FLOPs)",
      "weights           \(Units.bytes(cost.weightBytes)) in their encodings",
      "peak activations  \(Units.bytes(peakActivationBytes))"
        + (planBytes == nil ? " (values kept to their last use)" : " (the plan's arena)"),
      "memory traffic    \(Units.bytes(cost.bytesRead)) read, "
        + "\(Units.bytes(cost.bytesWritten)) written, each value once",
    ]
    if cost.statistics > 0 {
      lines.insert("statistics        \(Units.grouped(cost.statistics))", at: 1)
    }
    if let fileBytes { lines.insert("file              \(Units.bytes(fileBytes))", at: 0) }
    return lines.map { $0 + "\n" }.joined()
  }

  /// How often each operator occurs and what it costs in all, most MACs first.
  public var histogram: Table {
    let groups = Dictionary(grouping: cost.nodes, by: \.operatorName)
    let sums = groups.map { name, nodes in
      (
        name: name, count: nodes.count, macs: nodes.reduce(0) { $0 + $1.macs },
        parameters: nodes.reduce(0) { $0 + $1.parameters }
      )
    }.sorted { ($1.macs, $1.count, $0.name) < ($0.macs, $0.count, $1.name) }
    return Table(
      [
        .init("operator"), .init("nodes", .right), .init("MACs", .right), .init("share", .right),
        .init("parameters", .right),
      ],
      rows: sums.map { sum in
        let share = Double(sum.macs) / Double(max(1, cost.macs))
        return [
          sum.name, "\(sum.count)", Units.count(sum.macs), Units.percent(share),
          Units.grouped(sum.parameters),
        ]
      }
    )
  }

  // MARK: JSON

  /// The report under stable keys.
  public struct JSON: Codable, Sendable {
    /// The sums over all nodes.
    public struct Total: Codable, Sendable {
      var parameters: Int
      var statistics: Int
      var macs: Int
      var weight_bytes: Int
      var file_bytes: Int?
      var activation_bytes: Int
      var peak_activation_bytes: Int
      var bytes_read: Int
      var bytes_written: Int
    }

    /// One node.
    public struct Entry: Codable, Sendable {
      var name: String
      var `operator`: String
      var output_shape: [Int]
      var output_shapes: [[Int]]?
      var parameters: Int
      var macs: Int
      var weight_bytes: Int
      var activation_bytes: Int
      var bytes_read: Int
      var bytes_written: Int
      var arithmetic_intensity: Double
    }

    var model: String
    var total: Total
    var operators: [String: Int]
    var nodes: [Entry]
  }

  /// The report under stable keys, for `--json`.
  public var json: JSON {
    JSON(
      model: model,
      total: .init(
        parameters: cost.parameters,
        statistics: cost.statistics,
        macs: cost.macs,
        weight_bytes: cost.weightBytes,
        file_bytes: fileBytes,
        activation_bytes: cost.activationBytes,
        peak_activation_bytes: peakActivationBytes,
        bytes_read: cost.bytesRead,
        bytes_written: cost.bytesWritten
      ),
      operators: cost.nodes.reduce(into: [:]) { $0[$1.operatorName, default: 0] += 1 },
      nodes: cost.nodes.map { node in
        .init(
          name: node.node,
          operator: node.operatorName,
          output_shape: node.outputs.first?.shape.dimensions ?? [],
          output_shapes: node.outputs.count > 1 ? node.outputs.map(\.shape.dimensions) : nil,
          parameters: node.parameters,
          macs: node.macs,
          weight_bytes: node.weightBytes,
          activation_bytes: node.activationBytes,
          bytes_read: node.bytesRead,
          bytes_written: node.bytesWritten,
          arithmetic_intensity: node.arithmeticIntensity
        )
      }
    )
  }
}
