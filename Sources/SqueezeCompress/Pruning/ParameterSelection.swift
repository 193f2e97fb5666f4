import SqueezeTensor

/// The rows of a parameter that stay, and the columns that stay in each of them.
///
/// Rows run along axis 0 and columns along axis 1; what lies behind is kept whole.
struct ParameterSelection {
  let source: Shape
  /// The rows that stay, ascending.
  let rows: [Int]
  /// Lists of columns, and which of them each row that stays uses; empty where the rows stay whole.
  let columns: [[Int]]
  let list: [Int]

  /// Keeps whole rows.
  init(_ source: Shape, rows: [Int]) {
    (self.source, self.rows, columns, list) = (source, rows, [], [])
  }

  /// Keeps the same columns of all rows that stay.
  init(_ source: Shape, rows: [Int], columns: [Int]) {
    (self.source, self.rows, self.columns) = (source, rows, [columns])
    list = rows.map { _ in 0 }
  }

  /// Keeps in each row that stays the columns of the row's block.
  ///
  /// - Precondition: every block keeps equally many columns.
  init(_ source: Shape, rows: [Int], blocks columns: [[Int]]) {
    precondition(Set(columns.map(\.count)).count <= 1, "blocks of different widths")
    (self.source, self.rows, self.columns) = (source, rows, columns)
    let size = max(1, source[0] / max(1, columns.count))
    list = rows.map { $0 / size }
  }

  /// The shape of what stays.
  var shape: Shape {
    var shape = source
    shape[0] = rows.count
    if let first = columns.first { shape[1] = first.count }
    return shape
  }

  /// Whether everything stays.
  var isWhole: Bool { shape == source }

  /// What stays of a list with one entry for each element.
  func gathered<Element>(_ values: [Element]) -> [Element] {
    precondition(values.count == source.count, "\(values.count) values for shape \(source)")
    var result: [Element] = []
    result.reserveCapacity(shape.count)
    let row = source.count(from: 1)
    guard !columns.isEmpty else {
      for r in rows { result += values[r * row..<(r + 1) * row] }
      return result
    }
    let inner = source.count(from: 2)
    values.withUnsafeBufferPointer { values in
      for (r, list) in zip(rows, list) {
        for column in columns[list] {
          let first = r * row + column * inner
          for i in first..<first + inner { result.append(values[i]) }
        }
      }
    }
    return result
  }

  /// What stays of a list with one entry for each position along an axis; `nil` where rows differ in it.
  func gathered<Element>(_ values: [Element], along axis: Int) -> [Element]? {
    if axis == 0 { return rows.map { values[$0] } }
    guard axis == 1, let first = columns.first else { return values }
    return columns.allSatisfy { $0 == first } ? first.map { values[$0] } : nil
  }
}
