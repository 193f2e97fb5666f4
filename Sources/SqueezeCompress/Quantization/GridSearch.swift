import Foundation

/// The range of a grid by a rule, from a histogram of what it is to hold.
struct GridSearch {
  private let histogram: StreamingHistogram
  /// The number of steps of the grid, such as 255.
  private let steps: Int

  init(_ histogram: StreamingHistogram, steps: Int) {
    self.histogram = histogram
    self.steps = steps
  }

  /// The range that a rule chooses; it holds 0.
  func range(_ rule: RangeRule) -> ClosedRange<Float> {
    switch rule {
    case .minMax: histogram.range
    case .percentile(let percent): percentile(percent / 100)
    case .meanSquaredError: smallestError()
    case .divergence: smallestDivergence()
    }
  }

  /// The range outside of which lie at most `1 − share` of all numbers on either side.
  private func percentile(_ share: Double) -> ClosedRange<Float> {
    let allowed = Int((1 - share) * Double(histogram.count))
    let half = StreamingHistogram.binCount / 2
    func bound(_ bins: some Sequence<Int>, outer: Float) -> Float {
      var outside = 0
      for bin in bins {
        outside += histogram.counts[bin]
        if outside > allowed { return histogram.centre(bin) + outer * histogram.width }
      }
      return 0
    }
    let lower = bound(0..<half, outer: -0.5)
    let upper = bound((half..<StreamingHistogram.binCount).reversed(), outer: 0.5)
    return max(lower, histogram.range.lowerBound)...min(upper, histogram.range.upperBound)
  }

  // MARK: Mean squared error

  /// Narrows both ends together, then each of them alone, as long as the error falls.
  private func smallestError() -> ClosedRange<Float> {
    let whole = histogram.range
    let values = histogram.occupied
    var best = (range: whole, error: error(whole, values))
    func attempt(_ range: ClosedRange<Float>) {
      let error = error(range, values)
      if error < best.error { best = (range, error) }
    }
    // Down to a hundredth of the range, by steps of 2 %.
    let factors = sequence(first: Float(1)) { $0 * 0.98 }.prefix { $0 > 0.01 }
    for factor in factors { attempt(whole.lowerBound * factor...whole.upperBound * factor) }
    for _ in 0..<2 where whole.lowerBound < 0 && whole.upperBound > 0 {
      for factor in factors { attempt(whole.lowerBound * factor...best.range.upperBound) }
      for factor in factors { attempt(best.range.lowerBound...whole.upperBound * factor) }
    }
    return best.range
  }

  /// The sum of squared errors of clipping and rounding to the grid of a range.
  private func error(_ range: ClosedRange<Float>, _ values: [(value: Float, count: Int)]) -> Double
  {
    let scale = (range.upperBound - range.lowerBound) / Float(steps)
    guard scale > .leastNormalMagnitude else {
      return values.reduce(0) { $0 + Double($1.count) * Double($1.value * $1.value) }
    }
    let zero = (-range.lowerBound / scale).rounded(.toNearestOrEven)
    let (lower, upper) = (-zero, Float(steps) - zero)
    var sum = 0.0
    for (value, count) in values {
      let step = min(max((value / scale).rounded(.toNearestOrEven), lower), upper)
      let difference = Double(value - scale * step)
      sum += Double(count) * difference * difference
    }
    return sum
  }

  // MARK: Divergence

  /// The range `−t…t`, cut to what occurs, whose distribution on the grid tells least from the real one.
  private func smallestDivergence() -> ClosedRange<Float> {
    let half = StreamingHistogram.binCount / 2
    let counts = histogram.counts
    // The range holds 0 even where all numbers lie on one side of it.
    let first = min(counts.firstIndex { $0 > 0 } ?? half, half)
    let last = max(counts.lastIndex { $0 > 0 } ?? half, half)
    let reach = max(half - first, last + 1 - half)
    var best = (divergence: Double.infinity, reach: reach)
    for candidate in stride(from: reach, to: 0, by: -max(1, reach / 256)) {
      let bins = max(first, half - candidate)..<min(last + 1, half + candidate)
      // With a point of the grid for every bin nothing would be rounded.
      guard bins.count > steps else { break }
      let divergence = divergence(bins)
      if divergence < best.divergence { best = (divergence, candidate) }
    }
    let limit = histogram.width * Float(best.reach)
    return max(-limit, histogram.range.lowerBound)...min(limit, histogram.range.upperBound)
  }

  /// `Σ p log(p/q)` of the bins with what is clipped added to the outermost, `p`, from their average over
  /// each step of the grid, `q`.
  private func divergence(_ bins: Range<Int>) -> Double {
    let counts = histogram.counts
    var real = bins.map { Double(counts[$0]) }
    let inside = real
    real[0] += Double(counts[..<bins.lowerBound].reduce(0, +))
    real[real.count - 1] += Double(counts[bins.upperBound...].reduce(0, +))
    var rounded = [Double](repeating: 0, count: real.count)
    let groups = min(steps + 1, real.count)
    for group in 0..<groups {
      let range = group * real.count / groups..<(group + 1) * real.count / groups
      let occupied = range.filter { real[$0] > 0 }
      let sum = range.reduce(0.0) { $0 + inside[$1] }
      for i in occupied { rounded[i] = sum / Double(occupied.count) }
    }
    let (total, roundedTotal) = (real.reduce(0, +), rounded.reduce(0, +))
    guard total > 0, roundedTotal > 0 else { return .infinity }
    var sum = 0.0
    for (p, q) in zip(real, rounded) where p > 0 {
      // A bin that rounding empties costs as if one number in a million were left.
      sum += p / total * log(p / total / max(q / roundedTotal, 1e-6 / total))
    }
    return sum
  }
}
