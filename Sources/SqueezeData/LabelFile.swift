import Foundation

/// A file of class names.
public enum LabelFile {
  /// Reads one name per line, or the column `label` (with `index`, where there is one) of a
  /// tab-separated table with a header.
  ///
  /// - Parameter path: the file.
  /// - Returns: the names in the order of the classes.
  /// - Throws: ``DataError`` where the file cannot be read or its indices have gaps.
  public static func read(_ path: String) throws(DataError) -> [String] {
    guard let data = FileManager.default.contents(atPath: path), data.count < 1 << 24 else {
      throw DataError(path, expected: "a file of class names below 16 MB", actual: "none")
    }
    let text = String(decoding: data, as: UTF8.self)
    let lines = text.split(whereSeparator: \.isNewline).map { String($0) }
    let header = columns(lines.first ?? "")
    guard header.count > 1, let labels = header.firstIndex(of: "label") else {
      return lines.map { $0.trimmingCharacters(in: .whitespaces) }
    }
    let indices = header.firstIndex(of: "index")
    var names: [Int: String] = [:]
    for (number, line) in lines.dropFirst().enumerated() {
      let cells = columns(line)
      guard cells.indices.contains(labels) else {
        throw DataError(
          "\(path) line \(number + 2)",
          expected: "\(header.count) columns",
          actual: "\(cells.count)"
        )
      }
      let index = indices.map { cells.indices.contains($0) ? Int(cells[$0]) : nil } ?? number
      guard let index, index >= 0 else {
        throw DataError("\(path) line \(number + 2)", expected: "a class index", actual: line)
      }
      names[index] = cells[labels]
    }
    let count = (names.keys.max() ?? -1) + 1
    guard count == names.count else {
      throw DataError(path, expected: "indices without gaps", actual: "\(names.count) of \(count)")
    }
    return (0..<count).compactMap { names[$0] }
  }

  private static func columns(_ line: String) -> [String] {
    line.split(separator: "\t", omittingEmptySubsequences: false).map { String($0) }
  }
}
