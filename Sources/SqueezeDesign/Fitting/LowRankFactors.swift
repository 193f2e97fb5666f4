import SqueezeTensor

/// The product of two thin matrices nearest to a matrix, `A ≈ left · right` (Eckart and Young, 1936).
package struct LowRankFactors {
  /// `[rows, rank]`.
  package var left: Matrix
  /// `[rank, columns]`.
  package var right: Matrix
  /// `‖A − left · right‖²` and `‖A‖²`.
  var squaredError: Double
  var squaredNorm: Double

  /// `‖A − left · right‖ / ‖A‖`; 0 for zeros.
  package var error: Double { squaredNorm > 0 ? (squaredError / squaredNorm).squareRoot() : 0 }

  /// Factors a matrix, both factors of equal size in each of the `rank` terms.
  package init(_ a: Matrix, rank: Int) {
    let isWide = a.columns > a.rows
    let tall = isWide ? a.transposed : a
    let basis = Self.principalDirections(tall, rank)
    var left = tall.times(basis)
    var right = basis.transposed
    squaredNorm = a.squaredNorm
    squaredError = max(0, squaredNorm - left.squaredNorm)
    // Rounding of float32 weights is no error of the fit.
    if squaredError < 1e-13 * squaredNorm { squaredError = 0 }
    for term in 0..<right.rows {
      let length = (0..<left.rows).reduce(0) { $0 + left[$1, term] * left[$1, term] }.squareRoot()
      guard length > 0 else { continue }
      let root = length.squareRoot()
      for row in 0..<left.rows { left[row, term] /= root }
      for column in 0..<right.columns { right[term, column] *= root }
    }
    (self.left, self.right) = isWide ? (right.transposed, left.transposed) : (left, right)
  }

  /// Orthonormal columns that span the `rank` main directions of the rows of a tall matrix.
  static func principalDirections(_ a: Matrix, _ rank: Int) -> Matrix {
    let rank = min(rank, a.columns)
    guard a.columns > 384, 2 * rank < a.columns else {
      return SingularVectors(a, count: rank).right
    }
    // Halko, Martinsson and Tropp, "Finding structure with randomness" (2011), algorithms 4.4 and 5.1.
    var random = SeededGenerator(seed: 0x5EED)
    var sketch = Matrix(rows: a.columns, columns: rank + 8) { _, _ in Double(random.uniform(-1, 1))
    }
    let transposed = a.transposed
    for _ in 0..<2 { sketch = orthonormal(transposed.times(a.times(sketch))) }
    let small = a.times(sketch)
    return sketch.times(SingularVectors(small, count: rank).right)
  }

  /// The columns made orthonormal, by Gram and Schmidt's process done twice.
  private static func orthonormal(_ a: Matrix) -> Matrix {
    let (count, length) = (a.columns, a.rows)
    var columns = a.transposed.values
    columns.withUnsafeMutableBufferPointer { a in
      for k in 0..<count {
        for _ in 0..<2 {
          for j in 0..<k {
            var dot = 0.0
            for i in 0..<length { dot += a[k * length + i] * a[j * length + i] }
            for i in 0..<length { a[k * length + i] -= dot * a[j * length + i] }
          }
        }
        var norm = 0.0
        for i in 0..<length { norm += a[k * length + i] * a[k * length + i] }
        norm = norm.squareRoot()
        for i in 0..<length { a[k * length + i] = norm > 0 ? a[k * length + i] / norm : 0 }
      }
    }
    return Matrix(rows: count, columns: length, values: columns).transposed
  }
}
