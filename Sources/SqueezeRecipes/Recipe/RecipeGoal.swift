/// What a compressed model has to be.
public struct RecipeGoal: Sendable, Hashable, Codable {
  /// The most bytes of the file; `nil` only asks for fewer than before.
  public var bytes: Int?
  /// The most that accuracy may fall, as a fraction: 0.005 is half a point.
  public var drop: Double
  /// The longest time of one input in seconds; `nil` does not ask.
  public var seconds: Double?
  /// The longest time of one input as a multiple of the time before; `nil` does not ask.
  public var slowdown: Double?

  /// The drop where nobody says another, half a point.
  public static let standardDrop = 0.005

  /// Creates a goal.
  public init(
    bytes: Int? = nil,
    drop: Double = standardDrop,
    seconds: Double? = nil,
    slowdown: Double? = nil
  ) {
    self.bytes = bytes
    self.drop = drop
    self.seconds = seconds
    self.slowdown = slowdown
  }

  /// Takes a time such as `5ms`, `0.2s`, `300us`, or a multiple such as `1.1x`.
  ///
  /// - Returns: whether the text could be read.
  public mutating func setLatency(_ text: String) -> Bool {
    let text = text.lowercased().filter { $0 != " " }
    for (unit, factor) in [("ms", 1e-3), ("us", 1e-6), ("µs", 1e-6), ("x", 1), ("s", 1)] {
      guard text.hasSuffix(unit) else { continue }
      guard let number = Double(text.dropLast(unit.count)), number > 0, number.isFinite else {
        return false
      }
      (seconds, slowdown) = unit == "x" ? (nil, number) : (number * factor, nil)
      return true
    }
    return false
  }

  /// Takes a drop in points such as `0.5`, `0.5%` or `0.5 points`.
  ///
  /// - Returns: whether the text could be read.
  public mutating func setDrop(_ text: String) -> Bool {
    let digits = text.prefix { $0.isNumber || ".eE-+".contains($0) }
    let unit = text.dropFirst(digits.count).trimmingPrefix { $0 == " " }
    guard ["", "%", "points", "pp"].contains(String(unit)), let points = Double(digits),
      (0...100).contains(points)
    else { return false }
    drop = points / 100
    return true
  }
}
