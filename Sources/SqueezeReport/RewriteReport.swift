public import SqueezeDesign
import SqueezeGraph

/// What each booster of a history saved, as a table and as JSON.
public struct RewriteReport: Sendable {
  private let start: ModelCost
  private let steps: [RewriteHistory.Step]

  /// Creates a report of all steps of a history.
  ///
  /// - Throws: `ModelError` where the graph does not hold together.
  public init(_ history: RewriteHistory) throws {
    steps = history.steps
    start = try history.steps.first?.before ?? history.model.cost()
  }

  private var end: ModelCost { steps.last?.after ?? start }

  /// One row per step, beside what the model cost before all of them.
  public var table: Table {
    func costs(_ cost: ModelCost) -> [String] {
      [
        Units.grouped(cost.parameters), Units.count(cost.macs), Units.bytes(cost.weightBytes),
        Units.bytes(cost.peakActivationBytes),
      ]
    }
    let rows = steps.map { step in
      [
        step.booster, "\(step.changes.count)", step.fidelity.words,
        step.error.map { Units.percent($0) } ?? "",
      ] + costs(step.after)
    }
    func factor(_ value: (ModelCost) -> Int) -> String {
      let (before, after) = (value(start), value(end))
      return after > 0 ? "÷ \(Units.rounded(Double(before) / Double(after)))" : ""
    }
    return Table(
      [
        .init("step"), .init("nodes", .right), .init("function"), .init("largest error", .right),
        .init("parameters", .right), .init("MACs", .right), .init("weights", .right),
        .init("peak activations", .right),
      ],
      rows: [["before", "", "", ""] + costs(start)] + rows,
      totals: [
        [
          "all steps", "", "", "", factor { $0.parameters }, factor { $0.macs },
          factor { $0.weightBytes }, factor { $0.peakActivationBytes },
        ]
      ]
    )
  }

  /// The report under stable keys.
  public struct JSON: Codable, Sendable {
    struct Cost: Codable, Sendable {
      var parameters: Int
      var macs: Int
      var weight_bytes: Int
      var peak_activation_bytes: Int

      init(_ cost: ModelCost) {
        parameters = cost.parameters
        macs = cost.macs
        weight_bytes = cost.weightBytes
        peak_activation_bytes = cost.peakActivationBytes
      }
    }

    struct Step: Codable, Sendable {
      var booster: String
      var fidelity: String
      var error: Double?
      var changes: [NodeChange]
      var before: Cost
      var after: Cost
    }

    var before: Cost
    var after: Cost
    var steps: [Step]
  }

  /// The report under stable keys, for `--json`.
  public var json: JSON {
    JSON(
      before: .init(start),
      after: .init(end),
      steps: steps.map {
        .init(
          booster: $0.booster,
          fidelity: $0.fidelity.rawValue,
          error: $0.error,
          changes: $0.changes,
          before: .init($0.before),
          after: .init($0.after)
        )
      }
    )
  }
}
