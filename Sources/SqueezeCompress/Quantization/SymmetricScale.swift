/// The scale of a grid that is symmetric about 0, chosen for some weights.
struct SymmetricScale {
  /// The largest integer of the grid, `2^(bits − 1) − 1`; the smallest is its opposite.
  let limit: Int
  let rule: RangeRule

  init(bits: Int, rule: RangeRule) {
    precondition((2...16).contains(bits), "\(bits) bits")
    limit = (1 << (bits - 1)) - 1
    self.rule = rule
  }

  /// The scale for finite weights; 1 where all are 0 or too small for one.
  func scale(of weights: ArraySlice<Float>) -> Float {
    let largest = weights.reduce(Float(0)) { max($0, abs($1)) }
    let widest = largest / Float(limit)
    guard widest > .leastNormalMagnitude * 1024 else { return 1 }
    switch rule {
    case .minMax: return widest
    case .percentile(let percent):
      let sorted = weights.map { abs($0) }.sorted()
      let position = Int((Double(sorted.count) * percent / 100).rounded(.up)) - 1
      let reach = sorted[min(max(position, 0), sorted.count - 1)]
      return reach > 0 ? max(reach / Float(limit), .leastNormalMagnitude) : widest
    case .meanSquaredError: return smallestError(weights, widest)
    case .divergence:
      var histogram = StreamingHistogram()
      histogram.add(Array(weights))
      let range = GridSearch(histogram, steps: 2 * limit).range(rule)
      return max(max(-range.lowerBound, range.upperBound) / Float(limit), widest / 1024)
    }
  }

  /// Tries fractions of the widest scale, then finer ones around the best.
  private func smallestError(_ weights: ArraySlice<Float>, _ widest: Float) -> Float {
    var best = (fraction: Float(1), error: error(weights, widest))
    func attempt(_ fraction: Float) {
      let error = error(weights, widest * fraction)
      if error < best.error { best = (fraction, error) }
    }
    for part in 2...42 { attempt(Float(part) / 40) }
    let centre = best.fraction
    for part in -4...4 where part != 0 { attempt(centre + Float(part) / 200) }
    return widest * best.fraction
  }

  /// The sum of squared errors of rounding weights to the grid.
  private func error(_ weights: ArraySlice<Float>, _ scale: Float) -> Float {
    let (reciprocal, limit) = (1 / scale, Float(limit))
    var sum: Float = 0
    for weight in weights {
      let bounded = min(max(weight * reciprocal, -limit), limit)
      // Adding 1.5 · 2²³ leaves no bit for fractions.
      let difference = weight - scale * ((bounded + 0x1.8p23) - 0x1.8p23)
      sum += difference * difference
    }
    return sum
  }
}
