/// Rows of text under titles, as plain text or Markdown.
public struct Table: Sendable, Hashable {
  /// Where the text of a column stands.
  public enum Alignment: Sendable, Hashable { case left, right }

  /// The title and alignment of a column.
  public struct Column: Sendable, Hashable {
    public var title: String
    public var alignment: Alignment

    /// Creates a column.
    public init(_ title: String, _ alignment: Alignment = .left) {
      self.title = title
      self.alignment = alignment
    }
  }

  public var columns: [Column]
  public var rows: [[String]]
  /// Rows below a line, such as totals.
  public var totals: [[String]]

  /// Creates a table.
  ///
  /// - Precondition: every row has one cell per column.
  public init(_ columns: [Column], rows: [[String]] = [], totals: [[String]] = []) {
    precondition((rows + totals).allSatisfy { $0.count == columns.count }, "a cell per column")
    self.columns = columns
    self.rows = rows
    self.totals = totals
  }

  /// The table as aligned text, each line ended by a newline.
  public var text: String {
    let widths = columns.indices.map { column in
      ([columns[column].title] + (rows + totals).map { $0[column] }).map(\.count).max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      let padded = cells.indices.map { pad(cells[$0], to: widths[$0], columns[$0].alignment) }
      return trimmingEnd(padded.joined(separator: "  ")) + "\n"
    }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ") + "\n"
    var text = line(columns.map(\.title)) + rule + rows.map(line).joined()
    if !totals.isEmpty { text += rule + totals.map(line).joined() }
    return text
  }

  /// The table in Markdown, each line ended by a newline.
  public var markdown: String {
    func line(_ cells: [String]) -> String {
      "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
    }
    let rule = columns.map { $0.alignment == .left ? "---" : "---:" }
    return line(columns.map(\.title)) + "|" + rule.joined(separator: "|") + "|\n"
      + (rows + totals.map { $0.map { $0.isEmpty ? "" : "**\($0)**" } }).map(line).joined()
  }

  private func pad(_ text: String, to width: Int, _ alignment: Alignment) -> String {
    let space = String(repeating: " ", count: max(0, width - text.count))
    return alignment == .left ? text + space : space + text
  }

  private func trimmingEnd(_ text: String) -> String {
    var text = text
    while text.last == " " { text.removeLast() }
    return text
  }
}
