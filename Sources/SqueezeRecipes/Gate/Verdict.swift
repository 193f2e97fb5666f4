/// Whether a compressed model is what was asked for, and if not, why and what would repair it.
public struct Verdict: Sendable, Hashable, Codable {
  /// One way in which the model is worse than asked.
  public struct Complaint: Sendable, Hashable, Codable {
    /// `accuracy`, `size` or `latency`.
    public var about: String
    /// What was asked and what came.
    public var text: String
    /// The layer to blame, by the key of its weight.
    public var layer: String?
    /// What would help.
    public var repair: String
  }

  public var complaints: [Complaint]
  /// Whether nothing is worse than asked.
  public var isAccepted: Bool { complaints.isEmpty }

  /// Facts about a compressed model that the gate looks at.
  public struct Facts: Sendable {
    public var inputBytes: Int
    public var accuracy: AccuracyComparison
    public var latency: PairedLatency
    public var layers: LayerTable
    public var blame: LayerBlame?

    /// Collects the facts.
    public init(
      inputBytes: Int,
      accuracy: AccuracyComparison,
      latency: PairedLatency,
      layers: LayerTable,
      blame: LayerBlame?
    ) {
      self.inputBytes = inputBytes
      self.accuracy = accuracy
      self.latency = latency
      self.layers = layers
      self.blame = blame
    }
  }

  /// Judges.
  public init(_ facts: Facts, goal: RecipeGoal) {
    complaints = [
      Self.accuracy(facts, goal), Self.size(facts, goal), Self.latency(facts, goal),
    ].compactMap { $0 }
  }

  private static func points(_ fraction: Double) -> String {
    "\(Words.number(100 * fraction)) points"
  }

  private static func accuracy(_ facts: Facts, _ goal: RecipeGoal) -> Complaint? {
    let drop = facts.accuracy.drop
    // A drop of exactly what is allowed may be off by rounding.
    guard drop > goal.drop + 1e-9 else { return nil }
    let worst = facts.blame?.rows.first
    let row = worst.flatMap { worst in facts.layers.rows.first { $0.key == worst.key } }
    return Complaint(
      about: "accuracy",
      text: "lost \(points(drop)), asked for at most \(points(goal.drop))",
      layer: row?.key,
      repair: row.map(repair) ?? "more bits, less sparsity or more retraining"
    )
  }

  /// What would make a layer more accurate.
  private static func repair(_ row: LayerRow) -> String {
    var ways: [String] = []
    if row.bits < 8 { ways.append("\(row.bits + 1) instead of \(row.bits) bits for \(row.key)") }
    if row.sparsity > 0.3 {
      let less = Words.percent((row.sparsity - 0.3 * (1 - row.sparsity)).rounded(toPlaces: 3))
      ways.append(
        "a sparsity of \(less) instead of \(Words.percent(row.sparsity.rounded(toPlaces: 3)))"
      )
    }
    ways.append(
      ways.isEmpty ? "retraining after the last step" : "or more retraining after the last step"
    )
    return ways.joined(separator: ", ")
  }

  private static func size(_ facts: Facts, _ goal: RecipeGoal) -> Complaint? {
    let bytes = facts.layers.fileBytes
    let limit = goal.bytes ?? facts.inputBytes - 1
    guard bytes > limit else { return nil }
    let largest = facts.layers.rows.max { $0.bytes < $1.bytes }
    return Complaint(
      about: "size",
      text: "\(bytes) bytes, asked for at most \(limit)",
      layer: largest?.key,
      repair: largest.map {
        "\($0.key) has \($0.bytes) of them at \(Words.number($0.bitsPerParameter)) bits per parameter: "
          + "fewer bits or more sparsity there"
      } ?? "fewer bits or more sparsity"
    )
  }

  private static func latency(_ facts: Facts, _ goal: RecipeGoal) -> Complaint? {
    let latency = facts.latency
    let limits = [goal.seconds, goal.slowdown.map { $0 * latency.before }].compactMap { $0 }
    guard let limit = limits.min(), latency.after > limit else { return nil }
    return Complaint(
      about: "latency",
      text: "\(Words.number(1e3 * latency.after)) ms, asked for at most "
        + "\(Words.number(1e3 * limit)) ms (\(Words.number(1e3 * latency.before)) ms before)",
      layer: nil,
      repair:
        "whole numbers (--precision int8), pruned channels, or a pattern of zeros that kernels use"
    )
  }
}

extension Double {
  /// Rounded to so many decimal places.
  func rounded(toPlaces places: Int) -> Double {
    var factor = 1.0
    for _ in 0..<places { factor *= 10 }
    return (self * factor).rounded() / factor
  }
}
