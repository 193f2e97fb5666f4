/// How often each class was taken for each other.
public struct ConfusionMatrix: Sendable, Hashable {
  /// The number of classes.
  public let classes: Int
  /// The counts, row-major: the actual class is the row, the predicted one the column.
  public private(set) var counts: [Int]

  /// Creates an empty matrix.
  public init(classes: Int) {
    self.classes = classes
    counts = [Int](repeating: 0, count: classes * classes)
  }

  /// Counts predictions against truths; truths equal to `ignored` are left out.
  public init(
    predicted: [Int],
    actual: [Int],
    classes: Int,
    ignoring ignored: Int? = nil
  ) throws(MetricError) {
    try MetricError.check("confusion matrix", predicted.count, matches: actual.count)
    self.init(classes: classes)
    for (predicted, actual) in zip(predicted, actual) where actual != ignored {
      try record(predicted: predicted, actual: actual)
    }
  }

  /// Counts one prediction.
  public mutating func record(predicted: Int, actual: Int) throws(MetricError) {
    guard (0..<classes).contains(predicted), (0..<classes).contains(actual) else {
      throw MetricError(
        "confusion matrix",
        expected: "classes in 0..<\(classes)",
        actual: "\(predicted) for \(actual)"
      )
    }
    counts[actual * classes + predicted] += 1
  }

  /// How often `predicted` was given for `actual`.
  public subscript(actual actual: Int, predicted predicted: Int) -> Int {
    counts[actual * classes + predicted]
  }

  /// The number of predictions.
  public var total: Int { counts.reduce(0, +) }

  /// The number of right predictions.
  public var correct: Int { (0..<classes).reduce(0) { $0 + self[actual: $1, predicted: $1] } }

  /// The fraction of right predictions; `nil` without predictions.
  public var accuracy: Double? { Self.ratio(correct, total) }

  /// How often class `index` was actual.
  public func actualCount(of index: Int) -> Int {
    (0..<classes).reduce(0) { $0 + self[actual: index, predicted: $1] }
  }

  /// How often class `index` was predicted.
  public func predictedCount(of index: Int) -> Int {
    (0..<classes).reduce(0) { $0 + self[actual: $1, predicted: index] }
  }

  /// The fraction of right ones among predictions of class `index`; `nil` where it never was.
  public func precision(of index: Int) -> Double? {
    Self.ratio(self[actual: index, predicted: index], predictedCount(of: index))
  }

  /// The fraction of class `index` that was found (sensitivity); `nil` where it has no member.
  public func recall(of index: Int) -> Double? {
    Self.ratio(self[actual: index, predicted: index], actualCount(of: index))
  }

  /// `2·#(A∩B) / (#A + #B)` of class `index`; `nil` where it is neither actual nor predicted.
  public func dice(of index: Int) -> Double? {
    let sum = actualCount(of: index) + predictedCount(of: index)
    return Self.ratio(2 * self[actual: index, predicted: index], sum)
  }

  /// `#(A∩B) / #(A∪B)` of class `index`; `nil` where it is neither actual nor predicted.
  public func iou(of index: Int) -> Double? {
    let both = self[actual: index, predicted: index]
    return Self.ratio(both, actualCount(of: index) + predictedCount(of: index) - both)
  }

  static func ratio(_ part: Int, _ whole: Int) -> Double? {
    whole == 0 ? nil : Double(part) / Double(whole)
  }
}
