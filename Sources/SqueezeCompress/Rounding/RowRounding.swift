/// The rounding of one row of weights behind its factor.
///
/// Weights and integers are in the factor's order here.
package struct RowRounding {
  package let factor: RoundingFactor
  package let weights: [Float]
  package let step: Float
  /// The levels there are; 0 is one of them.
  package let levels: ClosedRange<Int32>

  /// Creates the rounding of a row.
  package init(factor: RoundingFactor, weights: [Float], step: Float, levels: ClosedRange<Int32>) {
    (self.factor, self.weights, self.step, self.levels) = (factor, weights, step, levels)
  }

  /// Some integers with their price.
  package struct Choice {
    var integers: [Int32]
    var error = 0.0
    var bits = 0.0
  }

  /// The nearest levels.
  package var nearest: [Int32] { weights.map { clamp(SecondOrderRounding.nearest($0 / step)) } }

  private func clamp(_ level: Int32) -> Int32 {
    min(max(level, levels.lowerBound), levels.upperBound)
  }

  /// Rounds column by column.
  ///
  /// - Parameters:
  ///   - bitWeight: the error that a bit is worth.
  ///   - costs: the bits of each level; `nil` takes the nearest level.
  ///   - errors: room for as many numbers as the row has.
  /// - Returns: the levels, their error and their bits.
  package func round(bitWeight: Double, costs: LevelCosts?, errors: inout [Float]) -> Choice {
    var choice = Choice(integers: [Int32](repeating: 0, count: weights.count))
    errors.withUnsafeMutableBufferPointer { errors in
      factor.coefficients.withUnsafeBufferPointer { coefficients in
        guard let e = errors.baseAddress else { return }
        for t in weights.indices {
          var target = weights[t]
          if t > 0, let row = coefficients.baseAddress {
            target += dot(row + t * (t - 1) / 2, e, t)
          }
          let curvature = factor.curvatures[t]
          let level = level(target / step, curvature * Double(step * step), bitWeight, costs)
          e[t] = weights[t] - Float(level) * step
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
  private func level(
    _ value: Float,
    _ curvature: Double,
    _ bitWeight: Double,
    _ costs: LevelCosts?
  ) -> Int32 {
    let nearest = SecondOrderRounding.nearest(value)
    guard let costs else { return clamp(nearest) }
    let limit = Int32(costs.limit)
    var best = (level: Int32(0), cost: Double.infinity)
    func consider(_ candidate: Int32) {
      let level = min(max(clamp(candidate), -limit), limit)
      let miss = Double(value - Float(level))
      let cost = curvature * miss * miss + bitWeight * Double(costs.bits[Int(level) + costs.limit])
      if cost < best.cost { best = (level, cost) }
    }
    // The nearest level, its neighbours, and 0.
    consider(nearest)
    consider(nearest - 1)
    consider(nearest + 1)
    consider(0)
    return best.level
  }

  /// `e H eᵀ` of some integers.
  package func error(of integers: [Int32]) -> Double {
    let misses = factor.misses(of: zip(weights, integers).map { $0 - Float($1) * step })
    return zip(misses, factor.curvatures).reduce(0) { $0 + $1.1 * Double($1.0) * Double($1.0) }
  }

  /// The cheaper one of a choice and of other integers.
  package func better(
    _ choice: Choice,
    _ other: [Int32],
    bitWeight: Double,
    costs: LevelCosts?
  ) -> [Int32] {
    var cost = error(of: other)
    if let costs {
      for integer in other {
        guard Int(integer.magnitude) <= costs.limit else { return choice.integers }
        cost += bitWeight * Double(costs.bits[Int(integer) + costs.limit])
      }
    }
    return cost < choice.error + bitWeight * choice.bits ? other : choice.integers
  }
}

/// `Σ a_i b_i` in eight partial sums.
@inline(__always)
func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Float {
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
