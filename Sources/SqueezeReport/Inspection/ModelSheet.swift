import Foundation
public import SqueezeEngine
public import SqueezeGraph

/// All that a page shows of one model.
public struct ModelSheet: Sendable {
  /// What the model is called, usually its file.
  public var title: String
  public var model: Model
  public var report: CostReport
  /// How long every step took, where that was measured.
  public var profile: ExecutionProfile?

  /// Creates a sheet.
  ///
  /// - Parameters:
  ///   - title: what the model is called.
  ///   - model: the model the costs are of.
  ///   - report: its costs, a node for every one of the model.
  ///   - profile: measured times.
  public init(
    _ title: String,
    model: Model,
    report: CostReport,
    profile: ExecutionProfile? = nil
  ) {
    precondition(report.cost.nodes.count == model.nodes.count, "costs of another model")
    self.title = title
    self.model = model
    self.report = report
    self.profile = profile
  }

  /// One node with its share of everything.
  struct Entry {
    var position: Int
    var node: Node
    var cost: NodeCost
    /// The step that computes the node, and whether its time is written at this node: where a step computes
    /// several, at the one with most MACs.
    var step: ExecutionProfile.Step?
    var carriesTime = false
  }

  /// The nodes in order.
  var entries: [Entry] {
    var entries = zip(model.nodes, report.cost.nodes).enumerated().map {
      Entry(position: $0, node: $1.0, cost: $1.1)
    }
    let positions = Dictionary(
      model.nodes.enumerated().map { ($1.name, $0) },
      uniquingKeysWith: { first, _ in first }
    )
    for step in profile?.steps ?? [] {
      let members = step.nodes.compactMap { positions[$0] }
      for member in members { entries[member].step = step }
      let heaviest = members.max {
        (entries[$0].cost.macs, -$0) < (entries[$1].cost.macs, -$1)
      }
      if let heaviest { entries[heaviest].carriesTime = true }
    }
    return entries
  }

  /// The attributes of a node's operator, such as `stride 2`; empty where it has none.
  static func attributes(of op: any Operator) -> [(name: String, value: String)] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    guard let data = try? encoder.encode(op),
      let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
    else { return [] }
    return flat(object, prefix: "").sorted { $0.name < $1.name }
  }

  /// The leaves of nested attributes with dotted names.
  private static func flat(
    _ object: [String: Any],
    prefix: String
  ) -> [(name: String, value: String)] {
    object.flatMap { key, value -> [(name: String, value: String)] in
      let name = prefix.isEmpty ? key : "\(prefix).\(key)"
      switch value {
      case let inner as [String: Any]: return flat(inner, prefix: name)
      case let list as [Any] where list.count > 12:
        return [(name, "\(list.count) values")]
      case let list as [Any]: return [(name, list.map { "\($0)" }.joined(separator: ", "))]
      default: return [(name, "\(value)")]
      }
    }
  }
}
