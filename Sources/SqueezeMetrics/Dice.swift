/// Dice's coefficient of overlap, `2·#(A∩B) / (#A + #B)`.
///
/// Source: Dice, "Measures of the Amount of Ecologic Association Between Species" (1945).
public enum Dice {
  /// The overlap of two masks; 1 where both are empty.
  public static func coefficient(_ a: [Bool], _ b: [Bool]) throws(MetricError) -> Double {
    try MetricError.check("Dice", a.count, matches: b.count)
    let both = zip(a, b).count { $0 && $1 }
    let sum = a.count { $0 } + b.count { $0 }
    return sum == 0 ? 1 : 2 * Double(both) / Double(sum)
  }

  /// The overlap of every class of two label maps; `nil` for a class in neither.
  ///
  /// Pixels whose truth is `ignored` are left out.
  public static func perClass(
    predicted: [Int],
    actual: [Int],
    classes: Int,
    ignoring ignored: Int? = nil
  ) throws(MetricError) -> [Double?] {
    let matrix = try ConfusionMatrix(
      predicted: predicted,
      actual: actual,
      classes: classes,
      ignoring: ignored
    )
    return (0..<classes).map { matrix.dice(of: $0) }
  }
}
