/// A curve in one line of text, such as `█▆▄▃▂▁`.
public enum Sparkline {
  private static let bars = Array("▁▂▃▄▅▆▇█")

  /// The curve of values, from the least at the bottom to the largest at the top; a gap for a value that
  /// is not finite.
  ///
  /// More values than `width` are averaged in groups.
  public static func text(_ values: [Double], width: Int = 60) -> String {
    guard !values.isEmpty, width > 0 else { return "" }
    let count = min(width, values.count)
    let means = (0..<count).map { index in
      let part = values[index * values.count / count..<(index + 1) * values.count / count]
        .filter(\.isFinite)
      return part.isEmpty ? Double.nan : part.reduce(0, +) / Double(part.count)
    }
    let finite = means.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else {
      return String(repeating: " ", count: count)
    }
    return String(
      means.map { mean in
        guard mean.isFinite else { return " " }
        let share = high > low ? (mean - low) / (high - low) : 0
        return bars[min(bars.count - 1, Int(share * Double(bars.count)))]
      }
    )
  }
}
