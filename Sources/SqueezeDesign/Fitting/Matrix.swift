/// A matrix of doubles, row-major: what fits of weights are computed in.
struct Matrix: Equatable {
  let rows: Int
  let columns: Int
  var values: [Double]

  init(rows: Int, columns: Int, values: [Double]) {
    precondition(values.count == rows * columns, "\(rows)×\(columns) from \(values.count) values")
    (self.rows, self.columns, self.values) = (rows, columns, values)
  }

  init(zeros rows: Int, _ columns: Int) {
    self.init(rows: rows, columns: columns, values: [Double](repeating: 0, count: rows * columns))
  }

  init(rows: Int, columns: Int, _ element: (_ row: Int, _ column: Int) -> Double) {
    self.init(
      rows: rows,
      columns: columns,
      values: (0..<rows).flatMap { row in (0..<columns).map { element(row, $0) } }
    )
  }

  subscript(row: Int, column: Int) -> Double {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }

  var transposed: Matrix {
    var result = Matrix(zeros: columns, rows)
    for row in 0..<rows {
      for column in 0..<columns {
        result.values[column * rows + row] = values[row * columns + column]
      }
    }
    return result
  }

  /// `Σ a²`.
  var squaredNorm: Double { values.reduce(0) { $0 + $1 * $1 } }

  /// The product `self · other`.
  func times(_ other: Matrix) -> Matrix {
    precondition(columns == other.rows, "\(rows)×\(columns) times \(other.rows)×\(other.columns)")
    var result = [Double](repeating: 0, count: rows * other.columns)
    let (inner, width) = (columns, other.columns)
    values.withUnsafeBufferPointer { a in
      other.values.withUnsafeBufferPointer { b in
        result.withUnsafeMutableBufferPointer { c in
          for row in 0..<rows {
            for k in 0..<inner {
              let factor = a[row * inner + k]
              if factor == 0 { continue }
              for column in 0..<width { c[row * width + column] += factor * b[k * width + column] }
            }
          }
        }
      }
    }
    return Matrix(rows: rows, columns: width, values: result)
  }

  /// The first so many columns.
  func firstColumns(_ count: Int) -> Matrix {
    Matrix(
      rows: rows,
      columns: count,
      values: (0..<rows).flatMap { values[$0 * columns..<$0 * columns + count] }
    )
  }
}
