/// A table as tab-separated lines, the first naming the columns.
struct TabbedText {
  let columns: [String]
  /// The fields of every line, as many as ``columns``, and its number in the file.
  let rows: [(line: Int, fields: [String])]

  init(_ bytes: [UInt8], file: String) throws(DataError) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw DataError(file, expected: "UTF-8 text", actual: "other bytes")
    }
    var columns: [String] = []
    var rows: [(line: Int, fields: [String])] = []
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    for (index, line) in lines.enumerated() where !line.isEmpty {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      if columns.isEmpty {
        columns = fields
        continue
      }
      guard fields.count == columns.count else {
        throw DataError(
          "\(file):\(index + 1)",
          expected: "\(columns.count) fields",
          actual: "\(fields.count)"
        )
      }
      rows.append((index + 1, fields))
    }
    self.columns = columns
    self.rows = rows
  }

  /// The position of a column.
  func column(_ name: String) -> Int? { columns.firstIndex(of: name) }
}
