/// What a list of numbers looks like, for reports of divergence.
struct ValueStatistics: CustomStringConvertible {
  let count: Int
  let notNumbers: Int
  let infinite: Int
  /// Over finite elements; 0 where there are none.
  let minimum: Float
  let maximum: Float
  let mean: Double
  let norm: Double

  /// Looks at every element once.
  init(_ values: [Float]) {
    var (notNumbers, infinite) = (0, 0)
    var (low, high) = (Float.infinity, -Float.infinity)
    var (sum, squares) = (0.0, 0.0)
    for value in values {
      if value.isNaN {
        notNumbers += 1
      } else if value.isInfinite {
        infinite += 1
      } else {
        low = min(low, value)
        high = max(high, value)
        sum += Double(value)
        squares += Double(value) * Double(value)
      }
    }
    let finite = values.count - notNumbers - infinite
    count = values.count
    self.notNumbers = notNumbers
    self.infinite = infinite
    minimum = finite > 0 ? low : 0
    maximum = finite > 0 ? high : 0
    mean = finite > 0 ? sum / Double(finite) : 0
    norm = squares.squareRoot()
  }

  var isFinite: Bool { notNumbers == 0 && infinite == 0 }

  var description: String {
    let parts = [
      "\(count) values",
      notNumbers > 0 ? "\(notNumbers) NaN" : nil,
      infinite > 0 ? "\(infinite) infinite" : nil,
      "min \(minimum)", "max \(maximum)", "mean \(mean)", "norm \(norm)",
    ]
    return parts.compactMap { $0 }.joined(separator: ", ")
  }
}

/// Whether no element is infinite or NaN.
func isFinite(_ values: [Float]) -> Bool {
  values.withUnsafeBufferPointer { values in
    // 0 · x is 0 for every finite x, NaN otherwise.
    var sum: Float = 0
    for value in values { sum += 0 * value }
    return sum == 0
  }
}
