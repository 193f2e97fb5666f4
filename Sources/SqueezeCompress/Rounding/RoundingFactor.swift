/// A triangular factor of a layer's input covariance: how the error of one weight is made good by those
/// after it.
///
/// The columns are rounded in some order, those of the largest second moment first. Let `H = R Rᵀ` in
/// that order with `R` upper triangular; then errors `e = w − q` cost
///
/// `e H eᵀ = Σ_t R_tt² (e_t + Σ_{s<t} (R_st / R_tt) e_s)²`,
///
/// so the weight `t` does best to aim at `w_t + Σ_{s<t} (R_st / R_tt) e_s`. The factors are
/// ``coefficients``, the weights of the squares are ``curvatures``.
///
/// This is the order of operations of Frantar et al., "GPTQ" (2023), §3.3, written without an inverse, as
/// Babai's nearest plane (1986).
package struct RoundingFactor: Sendable {
  /// The columns in the order in which they are rounded.
  package let order: [Int]
  /// `R_st / R_tt` for `s < t`, row `t` beginning at `t (t − 1) / 2`.
  package let coefficients: [Float]
  /// `R_tt²`: what a unit error costs once all later weights have made up for it.
  package let curvatures: [Double]

  /// Factors a covariance.
  ///
  /// - Parameters:
  ///   - matrix: the covariance, `n × n` row-major.
  ///   - size: `n`.
  ///   - chosen: the columns that may be rounded; the others do not exist.
  ///   - damping: what is added to the diagonal, as a part of its mean.
  package init(_ matrix: [Double], size: Int, columns chosen: [Int], damping: Double) {
    order = chosen.sorted { a, b in
      let (first, second) = (matrix[a * size + a], matrix[b * size + b])
      return first != second ? first > second : a < b
    }
    let n = order.count
    let mean = (0..<size).reduce(0) { $0 + matrix[$1 * size + $1] } / Double(max(1, size))
    // Last first, the factor is the usual lower one.
    let lower = CholeskyFactor(
      matrix,
      stride: size,
      order: order.reversed(),
      ridge: damping * mean
    )
    var coefficients: [Float] = []
    coefficients.reserveCapacity(n * max(0, n - 1) / 2)
    var curvatures: [Double] = []
    for t in 0..<n {
      let column = n - 1 - t
      let pivot = lower[column, column]
      for s in 0..<t { coefficients.append(Float(lower[n - 1 - s, column] / pivot)) }
      curvatures.append(pivot * pivot)
    }
    self.coefficients = coefficients
    self.curvatures = curvatures
  }

  // MARK: The quadratic form

  /// `e_t + Σ_{s<t} (R_st / R_tt) e_s`: what errors leave of each weight's aim.
  package func misses(of errors: [Float]) -> [Float] {
    var misses = errors
    errors.withUnsafeBufferPointer { errors in
      coefficients.withUnsafeBufferPointer { coefficients in
        guard let e = errors.baseAddress, let row = coefficients.baseAddress else { return }
        for t in errors.indices.dropFirst() { misses[t] += dot(row + t * (t - 1) / 2, e, t) }
      }
    }
    return misses
  }

  /// `H e`: half the gradient of `e H eᵀ`.
  package func product(with errors: [Float]) -> [Float] {
    var product = zip(misses(of: errors), curvatures).map { $0 * Float($1) }
    product.withUnsafeMutableBufferPointer { product in
      coefficients.withUnsafeBufferPointer { coefficients in
        guard let row = coefficients.baseAddress else { return }
        // A later weight's share is handed to the earlier ones; nothing is handed to a later one.
        for t in product.indices.dropFirst() {
          let share = product[t]
          for s in 0..<t { product[s] += row[t * (t - 1) / 2 + s] * share }
        }
      }
    }
    return product
  }
}
