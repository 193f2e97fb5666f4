/// Intersection over union, `#(A∩B) / #(A∪B)`.
///
/// Source: Jaccard, "The Distribution of the Flora in the Alpine Zone" (1912); per class as in the
/// PASCAL VOC segmentation challenge.
public enum IoU {
  /// The overlap of two masks; 1 where both are empty.
  public static func coefficient(_ a: [Bool], _ b: [Bool]) throws(MetricError) -> Double {
    try MetricError.check("IoU", a.count, matches: b.count)
    let both = zip(a, b).count { $0 && $1 }
    let either = zip(a, b).count { $0 || $1 }
    return either == 0 ? 1 : Double(both) / Double(either)
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
    return (0..<classes).map { matrix.iou(of: $0) }
  }

  /// The mean over classes that occur; `nil` where none does.
  public static func mean(_ perClass: [Double?]) -> Double? {
    let values = perClass.compactMap { $0 }
    return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}
