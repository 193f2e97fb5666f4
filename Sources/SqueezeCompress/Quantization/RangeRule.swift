/// How the range that a grid covers is chosen: what lies outside is clipped, what lies inside is rounded.
///
/// A wide range clips nothing and rounds coarsely, a narrow one rounds finely and clips.
/// Source: Nagel et al., "A White Paper on Neural Network Quantization" (2021), §3.1.
public enum RangeRule: Sendable, Hashable {
  /// From the smallest to the largest number: nothing is clipped.
  case minMax
  /// So that so many percent of the numbers lie inside, such as 99.99; the rest is clipped.
  case percentile(Double)
  /// With the smallest mean squared error of clipping and rounding together.
  case meanSquaredError
  /// With the smallest divergence of the rounded distribution from the real one.
  ///
  /// Source: Migacz, "8-bit Inference with TensorRT" (2017).
  case divergence

  /// Every rule, with a usual number for the percentile.
  public static let all: [RangeRule] = [
    .minMax, .percentile(99.99), .meanSquaredError, .divergence,
  ]
}

extension RangeRule: LosslessStringConvertible, Codable {
  /// `min-max`, `mse`, `kl`, or `percentile` with its percent, such as `percentile:99.99`.
  public init?(_ description: String) {
    switch description {
    case "min-max": self = .minMax
    case "mse": self = .meanSquaredError
    case "kl": self = .divergence
    case "percentile": self = .percentile(99.99)
    default:
      guard description.hasPrefix("percentile:"),
        let percent = Double(description.dropFirst("percentile:".count)), percent > 50,
        percent <= 100
      else { return nil }
      self = .percentile(percent)
    }
  }

  public var description: String {
    switch self {
    case .minMax: "min-max"
    case .percentile(let percent): "percentile:\(percent)"
    case .meanSquaredError: "mse"
    case .divergence: "kl"
    }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let rule = RangeRule(text) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "expected min-max, percentile:P, mse or kl, got \(text)"
      )
    }
    self = rule
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
