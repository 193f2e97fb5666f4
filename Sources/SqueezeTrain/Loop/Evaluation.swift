public import SqueezeMetrics

/// What a model came to on a dataset.
public struct Evaluation: Sendable, Hashable {
  /// The mean loss over samples.
  public var loss: Double
  /// The samples seen.
  public var samples: Int
  /// By name: `top1_error` for classes; `pixel_error`, `mean_iou` and `mean_dice` for maps;
  /// `rmse` and `mae` for real numbers.
  public var metrics: [String: Double]
  /// How often each class was taken for each other, by sample or pixel; `nil` for real numbers.
  public var confusion: ConfusionMatrix?

  /// The classes that the data had no member of.
  public var missingClasses: [Int] {
    guard let confusion else { return [] }
    return (0..<confusion.classes).filter { confusion.actualCount(of: $0) == 0 }
  }
}

/// All but the confusion matrix, which a history need not keep.
extension Evaluation: Codable {
  private enum CodingKeys: String, CodingKey { case loss, samples, metrics }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    loss = try values.decode(Double.self, forKey: .loss)
    samples = try values.decode(Int.self, forKey: .samples)
    metrics = try values.decode([String: Double].self, forKey: .metrics)
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(loss, forKey: .loss)
    try values.encode(samples, forKey: .samples)
    try values.encode(metrics, forKey: .metrics)
  }
}
