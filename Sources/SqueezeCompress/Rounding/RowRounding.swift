/// The rounding of one row of weights behind its factor.
///
/// Integers are in the factor's order here.
struct RowRounding {
  let factor: RoundingFactor
  let step: Float

  typealias Choice = (integers: [Int32], error: Double, bits: Double)

  /// Rounds column by column.
  ///
  /// - Parameters:
  ///   - weights: the row.
  ///   - bitWeight: the error that a bit is worth.
  ///   - costs: the bits of each level; `nil` takes the nearest level.
  ///   - errors: room for as many numbers as the row has.
  /// - Returns: the levels, their error and their bits.
  func round(
    _ weights: ArraySlice<Float>,
    bitWeight: Double,
    costs: LevelCosts?,
    errors: inout [Float]
  ) -> Choice {
    let count = factor.order.count
    var choice: Choice = ([Int32](repeating: 0, count: count), 0, 0)
    let first = weights.startIndex
    errors.withUnsafeMutableBufferPointer { errors in
      factor.coefficients.withUnsafeBufferPointer { coefficients in
        guard let e = errors.baseAddress else { return }
        for t in 0..<count {
          let weight = weights[first + factor.order[t]]
          var target = weight
          if t > 0, let row = coefficients.baseAddress {
            target += dot(row + t * (t - 1) / 2, e, t)
          }
          let curvature = factor.curvatures[t]
          let level = Self.level(target / step, curvature * Double(step * step), bitWeight, costs)
          e[t] = weight - Float(level) * step
          let miss = Double(target - Float(level) * step)
          choice.integers[t] = level
          choice.error += curvature * miss * miss
          if let costs { choice.bits += Double(costs.bits[Int(level) + costs.limit]) }
        }
      }
    }
    return choice
  }

  /// The level near `value` with the least `curvature · (value − level)² + bitWeight · bits`.
  private static func level(
    _ value: Float,
    _ curvature: Double,
    _ bitWeight: Double,
    _ costs: LevelCosts?
  ) -> Int32 {
    let nearest = SecondOrderRounding.nearest(value)
    guard let costs else { return nearest }
    let limit = Int32(costs.limit)
    let inward: Int32 = nearest > 0 ? -1 : nearest < 0 ? 1 : 0
    var best = (level: Int32(0), cost: Double.infinity)
    // The nearest level, its neighbour towards 0, 0 itself, and the neighbour away from 0.
    for candidate in [nearest, nearest + inward, 0, nearest + (value >= 0 ? 1 : -1)] {
      let level = min(max(candidate, -limit), limit)
      let miss = Double(value - Float(level))
      let cost = curvature * miss * miss + bitWeight * Double(costs.bits[Int(level) + costs.limit])
      if cost < best.cost { best = (level, cost) }
    }
    return best.level
  }

  /// `e H eᵀ` of some integers of the whole row, in the row's own order.
  func error(of weights: ArraySlice<Float>, integers: ArraySlice<Int32>) -> Double {
    let first = integers.startIndex
    return error(of: weights, ordered: factor.order.map { integers[first + $0] })
  }

  private func error(of weights: ArraySlice<Float>, ordered integers: [Int32]) -> Double {
    let first = weights.startIndex
    let errors = zip(factor.order, integers).map { column, integer in
      weights[first + column] - Float(integer) * step
    }
    var sum = 0.0
    errors.withUnsafeBufferPointer { errors in
      factor.coefficients.withUnsafeBufferPointer { coefficients in
        guard let e = errors.baseAddress else { return }
        for t in errors.indices {
          var miss = e[t]
          if t > 0, let row = coefficients.baseAddress { miss += dot(row + t * (t - 1) / 2, e, t) }
          sum += factor.curvatures[t] * Double(miss) * Double(miss)
        }
      }
    }
    return sum
  }

  /// The cheaper one of a choice and of rounding to the nearest level.
  func better(
    _ choice: Choice,
    _ plain: [Int32],
    for weights: ArraySlice<Float>,
    bitWeight: Double,
    costs: LevelCosts?
  ) -> (integers: [Int32], error: Double) {
    let error = error(of: weights, ordered: plain)
    var bits = 0.0
    if let costs {
      for integer in plain {
        guard Int(integer.magnitude) <= costs.limit else { return (choice.integers, choice.error) }
        bits += Double(costs.bits[Int(integer) + costs.limit])
      }
    }
    let isBetter = error + bitWeight * bits < choice.error + bitWeight * choice.bits
    return isBetter ? (plain, error) : (choice.integers, choice.error)
  }
}

/// `Σ a_i b_i` in eight partial sums.
@inline(__always)
private func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Float {
  var (sums, others) = (SIMD8<Float>.zero, SIMD8<Float>.zero)
  let whole = count / 16 * 16
  for i in stride(from: 0, to: whole, by: 16) {
    let (left, right) = (UnsafeRawPointer(a + i), UnsafeRawPointer(b + i))
    sums += left.loadUnaligned(as: SIMD8<Float>.self) * right.loadUnaligned(as: SIMD8<Float>.self)
    others +=
      left.loadUnaligned(fromByteOffset: 32, as: SIMD8<Float>.self)
      * right.loadUnaligned(fromByteOffset: 32, as: SIMD8<Float>.self)
  }
  var sum = (sums + others).sum()
  for i in whole..<count { sum += a[i] * b[i] }
  return sum
}
