import SqueezeCompress
import SqueezeExperiments
import SqueezeGraph
import SqueezeParameters

/// Gives weights, or everything but weights, fewer bits.
struct QuantizeStep: RecipeStep {
  let target: String
  let bits: LayerValues
  let isOfRest: Bool
  let settings: Settings

  init(_ settings: Settings, _ recipe: Recipe) throws(ConfigError) {
    self.settings = settings
    target = settings.text("to") ?? "codebook"
    isOfRest = settings.text("of") == "rest"
    bits = LayerValues(
      standard: Double(settings.integer("bits") ?? 8),
      exceptions: settings.table("layers")
    )
    if isOfRest, !target.hasSuffix("float16") {
      throw recipe.error(settings, "to", "float16 or bfloat16 for the rest", target)
    }
    let allowed = target == "codebook" ? 1.0...12 : 2...8
    for value in [bits.standard] + bits.exceptions.values
    where hasBits && value != Self.untouched
      && !(allowed.contains(value) && value == value.rounded())
    {
      throw recipe.error(
        settings,
        bits.exceptions.isEmpty ? "bits" : "layers",
        "whole numbers from \(Int(allowed.lowerBound)) to \(Int(allowed.upperBound)) for \(target)",
        Words.number(value)
      )
    }
  }

  /// The bits that leave a layer as it is.
  private static let untouched = 32.0

  private var hasBits: Bool { target == "codebook" || target == "integer" }

  var summary: String {
    let what = isOfRest ? "biases and normalizations" : "weights"
    guard hasBits else { return "quantize \(what) to \(target)" }
    let others = bits.exceptions.sorted { $0.key < $1.key }.map { "\($0.key) \(Int($0.value))" }
    return "quantize \(what) to \(target == "codebook" ? "codebooks" : "integers") of "
      + "\(Int(bits.standard)) bits"
      + (others.isEmpty ? "" : " (\(others.joined(separator: ", ")))")
  }

  func apply(to model: Model, _ context: StepContext) throws -> Model {
    let keys = model.weightKeys
    try bits.check(keys, "quantize")
    let changed = keys.filter { bits[$0] < Self.untouched }
    switch target {
    case "codebook":
      // A mask costs an index of its own, which Deep Compression counts too: 2ᵇ − 1 centroids and zero.
      let counts = changed.map { key in
        let isPruned = (model.parameters[key]?.zeroFraction ?? 0) > 0
        return (key, max(1, (1 << Int(bits[key])) - (isPruned ? 1 : 0)))
      }
      return try CodebookQuantization(
        centroidCounts: Dictionary(uniqueKeysWithValues: counts),
        clustering: clustering(context.seed),
        keys: Set(changed)
      ).apply(to: model)
    case "integer":
      let widths = changed.map { ($0, Int(bits[$0])) }
      return try WeightQuantization(
        bitsByKey: Dictionary(uniqueKeysWithValues: widths),
        granularity: settings.text("per") == "tensor" ? .tensor : .channel,
        rule: RangeRule.named(settings.text("range")),
        isTrainable: context.trainsLater,
        keys: Set(changed)
      ).apply(to: model)
    case "binary":
      let inner = Set(keys.dropFirst().dropLast())
      return try BinaryQuantization(keys: inner, isTrainable: context.trainsLater).apply(to: model)
    default:
      let chosen = isOfRest ? rest(model) : Set(keys)
      return try HalfQuantization(target == "float16" ? .float16 : .bfloat16, keys: chosen)
        .apply(to: model)
    }
  }

  private func clustering(_ seed: UInt64) -> ScalarClustering {
    switch settings.text("start") {
    case "density": .lloyd(.density)
    case "random": .lloyd(.random(seed: seed))
    case "exact": .exact
    default: .lloyd(.linear)
    }
  }

  /// Real parameters that are no weights of layers.
  private func rest(_ model: Model) -> Set<String> {
    let weights = Set(model.weightKeys)
    return Set(
      model.parameters.filter { !weights.contains($0.key) && $0.value.type.isReal }.keys
    )
  }
}

extension RangeRule {
  /// The rule of a word of the schema.
  static func named(_ name: String?) -> RangeRule {
    switch name {
    case "percentile": .percentile(0.9999)
    case "mse": .meanSquaredError
    case "kl": .divergence
    default: .minMax
    }
  }
}
