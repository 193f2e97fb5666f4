import Foundation
import SqueezeEngine
import SqueezeGraph

/// The layers of a model as a table that sorts and searches, with the graph beside the names and a card
/// below every row.
struct LayerTable {
  private let entries: [ModelSheet.Entry]
  private let lanes: GraphLanes
  private let isMeasured: Bool
  private let columns: [Column]
  private let tones: [String: String]

  /// A column of numbers with bars.
  private struct Column {
    var title: String
    var key: String
    var value: (ModelSheet.Entry) -> Double
    var text: (ModelSheet.Entry) -> String
    var largest = 0.0
  }

  init(_ sheet: ModelSheet, _ entries: [ModelSheet.Entry]) {
    self.entries = entries
    lanes = GraphLanes(sheet.model)
    isMeasured = sheet.profile != nil
    tones = Self.tones(entries)
    var columns = [
      Column(
        title: "parameters",
        key: "p",
        value: { Double($0.cost.parameters) },
        text: { Units.grouped($0.cost.parameters) }
      ),
      Column(
        title: "MACs",
        key: "m",
        value: { Double($0.cost.macs) },
        text: { Units.count($0.cost.macs) }
      ),
      Column(
        title: "weights",
        key: "w",
        value: { Double($0.cost.weightBytes) },
        text: { Units.bytes($0.cost.weightBytes) }
      ),
      Column(
        title: "activations",
        key: "a",
        value: { Double($0.cost.activationBytes) },
        text: { Units.bytes($0.cost.activationBytes) }
      ),
    ]
    if isMeasured {
      columns.append(
        Column(
          title: "ms",
          key: "t",
          value: { $0.carriesTime ? ($0.step?.seconds ?? 0) * 1e3 : 0 },
          text: { $0.carriesTime ? String(format: "%.3f", ($0.step?.seconds ?? 0) * 1e3) : "" }
        )
      )
    }
    for index in columns.indices {
      columns[index].largest = entries.map(columns[index].value).max() ?? 0
    }
    self.columns = columns
  }

  /// A tone for each of the operators that cost most, `t0` to `t8`; others share `t9`.
  static func tones(_ entries: [ModelSheet.Entry]) -> [String: String] {
    let sums = Dictionary(grouping: entries, by: { $0.cost.operatorName }).map { name, entries in
      (name: name, macs: entries.reduce(0) { $0 + $1.cost.macs }, count: entries.count)
    }.sorted { ($1.macs, $1.count, $0.name) < ($0.macs, $0.count, $1.name) }
    return Dictionary(
      uniqueKeysWithValues: sums.enumerated().map { ($1.name, "t\(min($0, 9))") }
    )
  }

  var html: String {
    let head = columns.map {
      "<th class=\"right\"><button type=\"button\" data-key=\"\($0.key)\">\($0.title)</button></th>"
    }
    return """
      <div class="wide"><table class="layers">
      <thead><tr><th class="graph" aria-label="graph"></th>\
      <th><button type="button" data-key="n">layer</button></th>\
      <th><button type="button" data-key="o">operator</button></th>\
      <th class="shape">output</th>\(head.joined())</tr></thead>
      \(entries.map(row).joined(separator: "\n"))
      </table></div>
      """
  }

  /// A row and its card, in a body of their own so that they stay together.
  private func row(_ entry: ModelSheet.Entry) -> String {
    let name = SVG.escaped(entry.node.name)
    let op = entry.cost.operatorName
    let data = columns.map { column in
      "data-\(column.key)=\"\(Self.plain(column.value(entry)))\""
    }.joined(separator: " ")
    let cells = columns.map { column -> String in
      let share = column.largest > 0 ? column.value(entry) / column.largest : 0
      let bar = share > 0 ? " style=\"--b:\(Self.plain((share * 1000).rounded() / 10))%\"" : ""
      return
        "<td class=\"right bar\"\(bar) data-title=\"\(column.title)\">\(column.text(entry))</td>"
    }
    let shape = entry.cost.outputs.map { "\($0.shape)" }.joined(separator: " ")
    return "<tbody data-i=\"\(entry.position)\" \(data)>"
      + "<tr class=\"layer\"><td class=\"graph\">"
      + lanes.picture(entry.position, tone: tones[op] ?? "t9") + "</td>"
      + "<td class=\"name\"><button type=\"button\" class=\"more\" aria-expanded=\"false\">\(name)</button></td>"
      + "<td class=\"op\">\(op)</td><td class=\"shape\">\(SVG.escaped(shape))</td>\(cells.joined())</tr>"
      + "<tr class=\"card\" hidden><td colspan=\"\(columns.count + 4)\">\(card(entry))</td></tr></tbody>"
  }

  /// All there is to say of a layer.
  private func card(_ entry: ModelSheet.Entry) -> String {
    let cost = entry.cost
    var facts: [(name: String, value: String)] = [
      ("takes", entry.node.inputs.joined(separator: ", ")),
      (
        "makes", zip(entry.node.outputs, cost.outputs).map { "\($0) \($1)" }.joined(separator: ", ")
      ),
    ]
    facts += ModelSheet.attributes(of: entry.node.op)
    if cost.parameters > 0 {
      let bits = Double(cost.weightBytes) * 8 / Double(cost.parameters)
      facts.append(("bits per parameter", Units.rounded(bits)))
    }
    if cost.macs > 0 {
      facts.append(("MACs per byte moved", Units.rounded(cost.arithmeticIntensity)))
    }
    facts.append(
      ("read, written", "\(Units.bytes(cost.bytesRead)), \(Units.bytes(cost.bytesWritten))")
    )
    if let step = entry.step {
      let members = step.nodes.filter { $0 != entry.node.name }
      facts.append(("kernel", step.kernel))
      if !members.isEmpty { facts.append(("computed with", members.joined(separator: ", "))) }
      if entry.carriesTime {
        facts.append(
          (
            "rate",
            "\(Units.rounded(step.gmacsPerSecond)) GMAC/s, "
              + "\(Int((step.peakShare * 100).rounded())) % of what \(SVG.name(step.limit.bound)) allows"
          )
        )
      }
    }
    let items = facts.map { "<dt>\(SVG.escaped($0.name))</dt><dd>\(SVG.escaped($0.value))</dd>" }
    return "<dl>\(items.joined())</dl>"
  }

  /// A number without needless zeros.
  private static func plain(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : String(format: "%.4g", value)
  }
}
