import SqueezeTensor

/// The largest singular values of a matrix and their right vectors.
///
/// One-sided Jacobi: columns are turned in pairs until all are orthogonal; their lengths are the singular
/// values. A tall matrix is first reduced to the triangle of its QR decomposition, which has the same values
/// and right vectors. Source: Hestenes, "Inversion of matrices by biorthogonalization and related results"
/// (1958); Golub and Van Loan, "Matrix Computations", 4th edition, §8.6.
package struct SingularVectors {
  /// Largest first.
  package var values: [Double]
  /// `[columns, count]`: orthonormal columns, in the order of ``values``.
  package var right: Matrix

  /// Finds the `count` largest singular values of `a`, at most as many as it has columns.
  package init(_ a: Matrix, count: Int) {
    let triangle = a.rows > a.columns ? Self.triangle(of: a) : a
    // Rows of the transposed matrix are columns of the matrix, one after the other in memory.
    let (n, m) = (triangle.columns, triangle.rows)
    var columns = triangle.transposed.values
    let floor = Self.floor * triangle.squaredNorm
    var vectors = [Double](repeating: 0, count: n * n)
    for i in 0..<n { vectors[i * n + i] = 1 }
    var sweeps = 0
    while sweeps < Self.sweepLimit, Self.sweep(&columns, &vectors, n, m, floor) { sweeps += 1 }
    let lengths = (0..<n).map { column in
      columns[column * m..<(column + 1) * m].reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    let order = (0..<n).sorted { lengths[$0] == lengths[$1] ? $0 < $1 : lengths[$0] > lengths[$1] }
    let chosen = order.prefix(count)
    values = chosen.map { lengths[$0] }
    right = Matrix(rows: n, columns: chosen.count) { row, column in
      vectors[chosen[column] * n + row]
    }
  }

  /// More sweeps than any matrix of floats needs; each one squares the error.
  private static let sweepLimit = 40
  /// The cosine of an angle that counts as right.
  private static let tolerance = 1e-11
  /// Products of columns below this share of the matrix's squared norm are noise of rounding.
  private static let floor = 1e-22

  /// Turns every pair of columns once; gives whether any needed it.
  private static func sweep(
    _ columns: inout [Double],
    _ vectors: inout [Double],
    _ n: Int,
    _ m: Int,
    _ floor: Double
  ) -> Bool {
    var turned = false
    columns.withUnsafeMutableBufferPointer { a in
      vectors.withUnsafeMutableBufferPointer { v in
        for i in 0..<max(0, n - 1) {
          for j in i + 1..<n {
            var (alpha, beta, gamma) = (0.0, 0.0, 0.0)
            for k in 0..<m {
              let (x, y) = (a[i * m + k], a[j * m + k])
              alpha += x * x
              beta += y * y
              gamma += x * y
            }
            let limit = max(tolerance * (alpha * beta).squareRoot(), floor)
            if gamma == 0 || abs(gamma) <= limit { continue }
            turned = true
            let zeta = (beta - alpha) / (2 * gamma)
            let t = (zeta < 0 ? -1.0 : 1.0) / (abs(zeta) + (1 + zeta * zeta).squareRoot())
            let c = 1 / (1 + t * t).squareRoot()
            rotate(a, i * m, j * m, m, c, c * t)
            rotate(v, i * n, j * n, n, c, c * t)
          }
        }
      }
    }
    return turned
  }

  private static func rotate(
    _ a: UnsafeMutableBufferPointer<Double>,
    _ i: Int,
    _ j: Int,
    _ count: Int,
    _ c: Double,
    _ s: Double
  ) {
    for k in 0..<count {
      let (x, y) = (a[i + k], a[j + k])
      a[i + k] = c * x - s * y
      a[j + k] = s * x + c * y
    }
  }

  /// The triangle `R` of `a = Q R`, by Householder reflections.
  private static func triangle(of a: Matrix) -> Matrix {
    let (m, n) = (a.rows, a.columns)
    var columns = a.transposed.values
    columns.withUnsafeMutableBufferPointer { a in
      for k in 0..<n {
        var norm = 0.0
        for i in k..<m { norm += a[k * m + i] * a[k * m + i] }
        norm = norm.squareRoot()
        if norm == 0 { continue }
        let head = a[k * m + k]
        let alpha = head > 0 ? -norm : norm
        // The reflection's vector takes the place of what it makes zero.
        a[k * m + k] = head - alpha
        let length = 2 * norm * (norm + abs(head))
        for j in k + 1..<max(n, k + 1) {
          var dot = 0.0
          for i in k..<m { dot += a[k * m + i] * a[j * m + i] }
          let factor = 2 * dot / length
          for i in k..<m { a[j * m + i] -= factor * a[k * m + i] }
        }
        a[k * m + k] = alpha
        for i in k + 1..<m { a[k * m + i] = 0 }
      }
    }
    return Matrix(rows: n, columns: n) { row, column in
      row <= column ? columns[column * m + row] : 0
    }
  }
}
