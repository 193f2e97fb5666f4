public import SqueezeTensor

/// Whether the right class is among the `k` with the highest scores.
///
/// Classes are ranked by falling score; equal scores by rising index, so that the first is what an
/// argmax that keeps the first maximum gives. NaN ranks below every number.
public enum TopK {
  /// The position of class `label` in the ranking, from 0.
  ///
  /// - Precondition: `label` is an index into `scores`.
  public static func rank(of label: Int, in scores: some Collection<Float>) -> Int {
    let own = scores[scores.index(scores.startIndex, offsetBy: label)]
    var rank = 0
    for (index, score) in scores.enumerated() where precedes(score, index, own, label) { rank += 1 }
    return rank
  }

  /// The classes with the `k` highest scores, best first; all where there are fewer.
  public static func indices(_ k: Int, of scores: some Collection<Float>) -> [Int] {
    let ranked = scores.enumerated().sorted {
      precedes($0.element, $0.offset, $1.element, $1.offset)
    }
    return ranked.prefix(max(k, 0)).map(\.offset)
  }

  /// The number of rows whose right class ranks among the first `k`.
  ///
  /// `scores` is `[N, …]` with one score per class in every row, `labels` has `N` classes.
  public static func correctCount(
    _ k: Int,
    scores: Tensor,
    labels: [Int]
  ) throws(MetricError) -> Int {
    guard scores.shape.rank > 0, scores.shape[0] == labels.count else {
      throw MetricError("top-\(k)", expected: "\(labels.count) rows", actual: "\(scores.shape)")
    }
    let classes = scores.shape.count(from: 1)
    if let label = labels.first(where: { !(0..<classes).contains($0) }) {
      throw MetricError("top-\(k)", expected: "labels in 0..<\(classes)", actual: "\(label)")
    }
    let reals = scores.reals
    return labels.enumerated().count { row, label in
      rank(of: label, in: reals[(row * classes)..<((row + 1) * classes)]) < k
    }
  }

  private static func precedes(_ a: Float, _ i: Int, _ b: Float, _ j: Int) -> Bool {
    if a.isNaN || b.isNaN { return a.isNaN == b.isNaN ? i < j : b.isNaN }
    return a > b || (a == b && i < j)
  }
}
