import Foundation
import SqueezeEngine
import SqueezeGraph

/// A model, or two beside each other, on one page: where parameters, MACs, bytes and milliseconds go, the
/// graph with a card per layer, and the roofline.
///
/// One file that loads nothing. Without scripts it is a table to read; with them it sorts and searches.
public struct ModelPage: Sendable {
  private let sheets: [ModelSheet]

  /// Makes a page of one model, or of several side by side.
  public init(_ sheets: [ModelSheet]) { self.sheets = sheets }

  /// The page.
  public var text: String {
    let title = sheets.map(\.title).joined(separator: " and ")
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(SVG.escaped(title))</title>
      \(SVG.style)
      \(ModelPageStyle.css)
      </head>
      <body>
      <header>
      <h1>\(SVG.escaped(title))</h1>
      <p class="quiet">1 MAC = 2 FLOPs. Counts are from the graph; milliseconds, where shown, were \
      measured.</p>
      \(sheets.count > 1 ? comparison : "")
      <p class="tools"><input id="search" type="search" placeholder="Search layers, operators, kernels" \
      aria-label="Search layers"> <button type="button" id="order">Graph order</button> \
      <button type="button" id="open">Open cards</button></p>
      </header>
      <main class="\(sheets.count > 1 ? "beside" : "alone")">
      \(sheets.map { Self.section($0) }.joined(separator: "\n"))
      </main>
      \(ModelPageStyle.script)
      </body>
      </html>

      """
  }

  // MARK: - Two models

  /// The sums of all models, and how many times smaller each is than the first.
  private var comparison: String {
    let facts: [(name: String, value: (ModelSheet) -> Int?, text: (Int) -> String)] = [
      ("parameters", { $0.report.cost.parameters }, Units.grouped),
      ("MACs", { $0.report.cost.macs }, Units.count),
      ("weights", { $0.report.cost.weightBytes }, Units.bytes),
      ("file", { $0.report.fileBytes }, Units.bytes),
      ("peak activations", { $0.report.peakActivationBytes }, Units.bytes),
      ("nodes", { $0.model.nodes.count }, Units.grouped),
      (
        "time",
        { $0.profile.map { Int(($0.totalSeconds * 1e9).rounded()) } },
        { Units.seconds(Double($0) * 1e-9) }
      ),
    ]
    let rows = facts.compactMap { fact -> [String]? in
      let values = sheets.map(fact.value)
      guard values.contains(where: { $0 != nil }) else { return nil }
      return [fact.name]
        + values.enumerated().map { index, value in
          guard let value else { return "–" }
          guard index > 0, let first = values[0], value > 0, first > 0 else {
            return fact.text(value)
          }
          return "\(fact.text(value)) (\(Units.rounded(Double(first) / Double(value)))× less)"
        }
    }
    return Table([.init("")] + sheets.map { .init($0.title, .right) }, rows: rows).html
  }

  // MARK: - One model

  private static func section(_ sheet: ModelSheet) -> String {
    let entries = sheet.entries
    return """
      <section>
      <h2>\(SVG.escaped(sheet.title))</h2>
      \(figures(sheet))
      <h3>Where it goes</h3>
      \(shares(sheet, entries))
      \(roofline(sheet))
      <h3>Layers</h3>
      \(LayerTable(sheet, entries).html)
      </section>
      """
  }

  private static func figures(_ sheet: ModelSheet) -> String {
    let cost = sheet.report.cost
    var figures = [
      (Units.grouped(cost.parameters), "parameters"), (Units.count(cost.macs), "MACs"),
      (Units.bytes(cost.weightBytes), "weights in their encodings"),
      (Units.bytes(sheet.report.peakActivationBytes), "peak activations"),
    ]
    if let bytes = sheet.report.fileBytes { figures.append((Units.bytes(bytes), "file")) }
    if let profile = sheet.profile {
      figures.append(
        (
          Units.seconds(profile.totalSeconds),
          "measured, \(profile.threads) thread\(profile.threads == 1 ? "" : "s")"
        )
      )
    }
    let inputs = sheet.model.inputs.map { "\($0.name) \($0.shape())" }.joined(separator: ", ")
    figures.append(("\(sheet.model.nodes.count)", "nodes; input \(inputs)"))
    let cells = figures.map {
      "<div><b>\(SVG.escaped($0.0))</b><span>\(SVG.escaped($0.1))</span></div>"
    }
    return "<div class=\"figures\">\(cells.joined())</div>"
  }

  /// One bar for each resource, cut by operator.
  private static func shares(_ sheet: ModelSheet, _ entries: [ModelSheet.Entry]) -> String {
    let resources: [(name: String, amount: (ModelSheet.Entry) -> Double)] = [
      ("parameters", { Double($0.cost.parameters) }), ("MACs", { Double($0.cost.macs) }),
      ("bytes moved", { Double($0.cost.bytesRead + $0.cost.bytesWritten) }),
      ("time", { $0.carriesTime ? $0.step?.seconds ?? 0 : 0 }),
    ]
    let kinds = LayerTable.tones(entries)
    let bars = resources.compactMap { resource -> String? in
      let total = entries.reduce(0) { $0 + resource.amount($1) }
      guard total > 0 else { return nil }
      let sums = Dictionary(grouping: entries, by: { $0.cost.operatorName })
        .map { ($0, $1.reduce(0) { $0 + resource.amount($1) } / total) }
        .filter { $0.1 > 0 }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
      let parts = sums.map { name, share in
        let label = "\(name) \(Units.percent(share))"
        return
          "<i class=\"\(kinds[name] ?? "t9")\" style=\"flex-grow:\(String(format: "%.4f", share))\" "
          + "title=\"\(SVG.escaped(label))\">\(share > 0.12 ? SVG.escaped(label) : "")</i>"
      }
      return "<div class=\"share\"><span>\(resource.name)</span><div>\(parts.joined())</div></div>"
    }
    return bars.joined(separator: "\n")
  }

  private static func roofline(_ sheet: ModelSheet) -> String {
    guard let profile = sheet.profile else { return "" }
    let chart = RooflineChart(profile, left: 60, top: 40, width: 600, height: 320)
    return """
      <h3>Roofline of this machine</h3>
      <p class="quiet">\(SVG.escaped(profile.machine.processor)), \
      \(SVG.escaped(profile.instructionSet.rawValue)).</p>
      <figure><svg viewBox="0 0 720 430" role="img" aria-label="roofline">\(chart.svg)</svg></figure>
      """
  }
}
