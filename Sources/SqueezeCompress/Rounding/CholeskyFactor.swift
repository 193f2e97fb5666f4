/// The lower triangular `L` of a symmetric positive definite matrix, `A = L Lᵀ`.
package struct CholeskyFactor: Sendable {
  package let size: Int
  /// Row-major; what lies above the diagonal is 0.
  package private(set) var lower: [Double]

  /// Factors some rows and columns of a matrix, plus a ridge on the diagonal.
  ///
  /// - Parameters:
  ///   - matrix: the matrix, row-major.
  ///   - stride: its size.
  ///   - order: the rows and columns to take, in this order.
  ///   - ridge: what is added to the diagonal; ten times as much as often as a pivot vanishes.
  package init(_ matrix: [Double], stride: Int, order: [Int], ridge: Double) {
    size = order.count
    lower = [Double](repeating: 0, count: size * size)
    var ridge = ridge > 0 && ridge.isFinite ? ridge : 0x1p-500
    while !factor(matrix, stride, order, ridge) { ridge *= 10 }
  }

  private mutating func factor(
    _ matrix: [Double],
    _ stride: Int,
    _ order: [Int],
    _ ridge: Double
  ) -> Bool {
    lower.withUnsafeMutableBufferPointer { lower in
      guard let l = lower.baseAddress else { return true }
      for i in order.indices {
        let row = l + i * size
        for j in 0...i {
          let other = l + j * size
          let entry = matrix[order[i] * stride + order[j]] + (i == j ? ridge : 0)
          let value = entry - dot(row, other, j)
          guard i == j else {
            row[j] = value / other[j]
            continue
          }
          // What is not finite cannot be repaired; the caller's matrices are.
          precondition(value.isFinite, "Cholesky: pivot \(value)")
          guard value > 0 else { return false }
          row[j] = value.squareRoot()
        }
      }
      return true
    }
  }

  package subscript(row: Int, column: Int) -> Double { lower[row * size + column] }

  /// The `x` with `L Lᵀ x = b`.
  package func solve(_ b: [Double]) -> [Double] {
    var x = b
    lower.withUnsafeBufferPointer { lower in
      x.withUnsafeMutableBufferPointer { x in
        guard let l = lower.baseAddress, let x = x.baseAddress else { return }
        for i in 0..<size { x[i] = (x[i] - dot(l + i * size, x, i)) / l[i * size + i] }
        for i in (0..<size).reversed() {
          x[i] /= l[i * size + i]
          let value = x[i]
          for j in 0..<i { x[j] -= l[i * size + j] * value }
        }
      }
    }
    return x
  }
}

/// `Σ a_i b_i` in four partial sums.
@inline(__always)
private func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
  var sums = SIMD4<Double>.zero
  let whole = count / 4 * 4
  for i in stride(from: 0, to: whole, by: 4) {
    let left = UnsafeRawPointer(a + i).loadUnaligned(as: SIMD4<Double>.self)
    let right = UnsafeRawPointer(b + i).loadUnaligned(as: SIMD4<Double>.self)
    sums += left * right
  }
  var sum = sums.sum()
  for i in whole..<count { sum += a[i] * b[i] }
  return sum
}
