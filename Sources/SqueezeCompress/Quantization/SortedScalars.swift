/// Numbers in ascending order, with sums that give the spread of any run of them at once.
struct SortedScalars {
  /// The numbers, ascending.
  let values: [Float]
  /// Sums of the weights, of weighted numbers and of weighted squares before each position.
  private let weights: [Double]
  private let sums: [Double]
  private let squares: [Double]

  /// Sorts finite numbers; each counts once, or as much as its importance says.
  init(_ numbers: [Float], importance: [Float]? = nil) {
    precondition(importance.map { $0.count == numbers.count } ?? true, "importance of each number")
    let order = importance.map { _ in numbers.indices.sorted { numbers[$0] < numbers[$1] } }
    let values = order.map { $0.map { numbers[$0] } } ?? numbers.sorted()
    let count = values.count
    // Squares of differences from the middle lose fewer digits than squares themselves.
    let middle = count == 0 ? 0 : Double(values[count / 2])
    var weights = [Double](repeating: 0, count: count + 1)
    var (sums, squares) = (weights, weights)
    for i in values.indices {
      let weight = order.flatMap { order in importance.map { Double($0[order[i]]) } } ?? 1
      let value = Double(values[i]) - middle
      weights[i + 1] = weights[i] + weight
      sums[i + 1] = sums[i] + weight * value
      squares[i + 1] = squares[i] + weight * value * value
    }
    self.values = values
    self.weights = weights
    self.sums = sums
    self.squares = squares
    self.middle = middle
  }

  private let middle: Double

  /// The weighted mean of a run; `nil` where nothing in it counts.
  func mean(_ run: Range<Int>) -> Float? {
    let weight = weights[run.upperBound] - weights[run.lowerBound]
    guard weight > 0 else { return nil }
    return Float((sums[run.upperBound] - sums[run.lowerBound]) / weight + middle)
  }

  /// The weighted sum of squared distances of a run from its mean.
  @inline(__always)
  func spread(_ lower: Int, _ upper: Int) -> Double {
    let weight = weights[upper] - weights[lower]
    guard weight > 0 else { return 0 }
    let sum = sums[upper] - sums[lower]
    return max(0, squares[upper] - squares[lower] - sum * sum / weight)
  }

  /// The number of values that are at most `limit`.
  func count(upTo limit: Float) -> Int {
    var (lower, upper) = (0, values.count)
    while lower < upper {
      let middle = (lower + upper) / 2
      if values[middle] <= limit { lower = middle + 1 } else { upper = middle }
    }
    return lower
  }
}
