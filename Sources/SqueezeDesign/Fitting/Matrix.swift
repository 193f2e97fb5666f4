/// A matrix of doubles, row-major: what fits of weights are computed in.
package struct Matrix: Equatable {
  package let rows: Int
  package let columns: Int
  package var values: [Double]

  package init(rows: Int, columns: Int, values: [Double]) {
    precondition(values.count == rows * columns, "\(rows)×\(columns) from \(values.count) values")
    (self.rows, self.columns, self.values) = (rows, columns, values)
  }

  package init(zeros rows: Int, _ columns: Int) {
    self.init(rows: rows, columns: columns, values: [Double](repeating: 0, count: rows * columns))
  }

  package init(rows: Int, columns: Int, _ element: (_ row: Int, _ column: Int) -> Double) {
    self.init(
      rows: rows,
      columns: columns,
      values: (0..<rows).flatMap { row in (0..<columns).map { element(row, $0) } }
    )
  }

  package subscript(row: Int, column: Int) -> Double {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }

  package var transposed: Matrix {
    var result = Matrix(zeros: columns, rows)
    for row in 0..<rows {
      for column in 0..<columns {
        result.values[column * rows + row] = values[row * columns + column]
      }
    }
    return result
  }

  /// `Σ a²`.
  package var squaredNorm: Double { values.reduce(0) { $0 + $1 * $1 } }

  /// The product `self · other`.
  package func times(_ other: Matrix) -> Matrix {
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
}
