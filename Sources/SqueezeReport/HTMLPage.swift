/// A page in one file: no script, nothing to load, readable on a phone, light or dark as the reader's
/// system is.
public struct HTMLPage: Sendable, Hashable {
  public var title: String
  /// A line below the title.
  public var subtitle: String
  private var parts: [String] = []

  /// Begins a page.
  public init(_ title: String, subtitle: String = "") {
    self.title = title
    self.subtitle = subtitle
  }

  /// Adds a heading.
  public mutating func heading(_ text: String) { parts.append("<h2>\(SVG.escaped(text))</h2>") }

  /// Adds a paragraph.
  public mutating func paragraph(_ text: String) { parts.append("<p>\(SVG.escaped(text))</p>") }

  /// Adds large numbers with a word below each.
  public mutating func figures(_ figures: [(value: String, name: String)]) {
    let cells = figures.map {
      "<div><b>\(SVG.escaped($0.value))</b><span>\(SVG.escaped($0.name))</span></div>"
    }
    parts.append("<div class=\"figures\">\(cells.joined())</div>")
  }

  /// Adds a table.
  public mutating func table(_ table: Table) { parts.append(table.html) }

  /// Adds a chart.
  public mutating func chart(_ chart: CurveChart) {
    parts.append(
      "<figure><svg viewBox=\"0 0 720 360\" role=\"img\" "
        + "aria-label=\"\(SVG.escaped(chart.title))\">\(chart.picture(width: 720, height: 360))"
        + "</svg></figure>"
    )
  }

  /// Adds a list of links, to files beside the page.
  public mutating func links(_ links: [(text: String, address: String)]) {
    let items = links.map {
      "<li><a href=\"\(SVG.escaped($0.address))\">\(SVG.escaped($0.text))</a></li>"
    }
    parts.append("<ul>\(items.joined())</ul>")
  }

  /// Adds a text as it is, such as a config.
  public mutating func preformatted(_ text: String) {
    parts.append("<pre>\(SVG.escaped(text))</pre>")
  }

  /// Adds pictures side by side, each with a caption.
  ///
  /// - Parameter pictures: addresses, such as `data:` ones, and captions.
  public mutating func gallery(_ pictures: [(address: String, caption: String)]) {
    let cells = pictures.map {
      "<figure><img src=\"\(SVG.escaped($0.address))\" alt=\"\(SVG.escaped($0.caption))\">"
        + "<figcaption>\(SVG.escaped($0.caption))</figcaption></figure>"
    }
    parts.append("<div class=\"gallery\">\(cells.joined())</div>")
  }

  /// Adds a grid of shares in `0...1`, the deeper the larger, with a text in every cell.
  ///
  /// - Precondition: as many rows as `names`, and as many cells in each.
  public mutating func heatMap(
    names: [String],
    rowTitle: String,
    columnTitle: String,
    _ cells: [[(share: Double, text: String)]]
  ) {
    precondition(cells.count == names.count, "\(cells.count) rows for \(names.count) names")
    var rows = [
      "<tr><th>\(SVG.escaped(rowTitle)) ↓ \(SVG.escaped(columnTitle)) →</th>"
        + names.map { "<th>\(SVG.escaped($0))</th>" }.joined() + "</tr>"
    ]
    for (name, row) in zip(names, cells) {
      let columns = row.map { cell in
        let depth = max(0, min(100, Int((cell.share * 100).rounded())))
        return "<td style=\"--d:\(depth)%\" class=\"heat\">\(SVG.escaped(cell.text))</td>"
      }
      rows.append("<tr><th>\(SVG.escaped(name))</th>\(columns.joined())</tr>")
    }
    parts.append("<div class=\"wide\"><table class=\"map\">\(rows.joined())</table></div>")
  }

  /// The page.
  public var text: String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>\(SVG.escaped(title))</title>
    \(SVG.style)
    \(CurveChart.curveStyle)
    \(Self.style)
    </head>
    <body>
    <main>
    <h1>\(SVG.escaped(title))</h1>
    <p class="quiet">\(SVG.escaped(subtitle))</p>
    \(parts.joined(separator: "\n"))
    </main>
    </body>
    </html>

    """
  }

  private static let style = """
    <style>
    :root { --ground: #ffffff; --ink: #1f2430; --quiet: #667085; --line: #e3e7ee; --soft: #f4f6f9; \
    --deep: 0, 114, 178 }
    @media (prefers-color-scheme: dark) {
      :root { --ground: #14171f; --ink: #e6e8ee; --quiet: #98a2b3; --line: #2b3240; --soft: #1b202b; \
    --deep: 74, 163, 223 }
    }
    body { margin: 0; background: var(--ground); color: var(--ink); \
    font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif }
    main { max-width: 60rem; margin: 0 auto; padding: 1rem }
    h1 { font-size: 1.5rem; margin: .5rem 0 0; overflow-wrap: anywhere }
    h2 { font-size: 1.1rem; margin: 2rem 0 .5rem }
    p.quiet { color: var(--quiet); margin: 0 0 1rem }
    a { color: rgb(var(--deep)) }
    figure { margin: 0 }
    figure svg { width: 100%; height: auto }
    .figures { display: flex; flex-wrap: wrap; gap: .75rem }
    .figures div { background: var(--soft); border-radius: .5rem; padding: .6rem 1rem }
    .figures b { display: block; font-size: 1.3rem }
    .figures span { color: var(--quiet); font-size: .8rem }
    .wide { overflow-x: auto }
    table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .85rem }
    th, td { padding: .25rem .6rem; text-align: left; border-bottom: 1px solid var(--line) }
    td.right, th.right { text-align: right }
    table.map td { text-align: center }
    td.heat { background: rgba(var(--deep), calc(var(--d) * .7)) }
    pre { background: var(--soft); padding: 1rem; border-radius: .5rem; overflow-x: auto; \
    font-size: .8rem }
    .gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(7rem, 1fr)); gap: .75rem }
    .gallery img { width: 100%; image-rendering: pixelated; border-radius: .25rem }
    .gallery figcaption { font-size: .75rem; color: var(--quiet); overflow-wrap: anywhere }
    </style>
    """
}

extension Table {
  /// The table in HTML, in a box that scrolls sideways where the page is narrow.
  public var html: String {
    func line(_ cells: [String], _ tag: String) -> String {
      let cells = zip(columns, cells).map { column, cell in
        let style = column.alignment == .right ? " class=\"right\"" : ""
        return "<\(tag)\(style)>\(SVG.escaped(cell))</\(tag)>"
      }
      return "<tr>\(cells.joined())</tr>"
    }
    let body = rows.map { line($0, "td") } + totals.map { line($0, "th") }
    return
      "<div class=\"wide\"><table>\(line(columns.map(\.title), "th"))\(body.joined())</table></div>"
  }
}
