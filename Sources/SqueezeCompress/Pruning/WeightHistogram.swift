public import SqueezeParameters

/// How the values of a parameter are spread, with zeros counted apart.
///
/// Pruning, sharing and rounding show as a gap around 0, as few tall bars and as even steps.
public struct WeightHistogram: Sendable, Hashable, Codable {
  /// The lower edge of the first bin and the upper edge of the last.
  public let lower: Double
  public let upper: Double
  /// The finite values other than 0 in each bin, bins of equal width; the last includes its upper edge.
  public let counts: [Int]
  /// The values that are exactly 0.
  public let zeros: Int
  /// The values that are infinite or not a number.
  public let notFinite: Int
  /// The values outside the edges.
  public let outside: Int
  /// Mean and standard deviation of the finite values other than 0.
  public let mean: Double
  public let deviation: Double

  /// Counts values.
  ///
  /// - Parameters:
  ///   - values: any numbers.
  ///   - bins: the number of bins, at least 1.
  ///   - range: the edges; `nil` for the values' own, made symmetric around 0, so that histograms before
  ///     and after compare.
  public init(_ values: [Float], bins: Int = 64, range: ClosedRange<Double>? = nil) {
    precondition(bins >= 1, "\(bins) bins")
    let finite = values.filter { $0.isFinite && $0 != 0 }
    let largest = Double(finite.reduce(0) { max($0, abs($1)) })
    let edges = range ?? -largest...largest
    var counts = [Int](repeating: 0, count: bins)
    let width = edges.upperBound - edges.lowerBound
    var (sum, energy, outside) = (0.0, 0.0, 0)
    for value in finite {
      let value = Double(value)
      sum += value
      energy += value * value
      guard edges.contains(value), width > 0 else {
        outside += 1
        continue
      }
      counts[min(bins - 1, Int((value - edges.lowerBound) / width * Double(bins)))] += 1
    }
    (lower, upper) = (edges.lowerBound, edges.upperBound)
    self.counts = counts
    self.outside = outside
    zeros = values.count { $0 == 0 }
    notFinite = values.count { !$0.isFinite }
    let count = Double(max(1, finite.count))
    mean = sum / count
    deviation = max(0, energy / count - sum / count * (sum / count)).squareRoot()
  }

  /// Counts the values that a parameter decodes to.
  public init(
    _ encoding: any ParameterEncoding,
    bins: Int = 64,
    range: ClosedRange<Double>? = nil
  ) {
    self.init(encoding.decoded().reals, bins: bins, range: range)
  }

  /// The number of values counted.
  public var total: Int { counts.reduce(0, +) + zeros + notFinite + outside }

  /// The values in the middle of the bins.
  public var centres: [Double] {
    let width = (upper - lower) / Double(counts.count)
    return counts.indices.map { lower + (Double($0) + 0.5) * width }
  }
}
