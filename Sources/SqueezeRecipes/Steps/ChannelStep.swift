import SqueezeCompress
import SqueezeExperiments
import SqueezeGraph

/// Removes whole channels, so that shapes shrink and every kernel has less to do.
struct ChannelStep: RecipeStep {
  let settings: Settings
  private let shares: [String: Double]

  init(_ settings: Settings, _ recipe: Recipe) throws(ConfigError) {
    self.settings = settings
    shares = settings.table("layers")
    if let wrong = shares.first(where: { !(0..<1).contains($0.value) }) {
      throw recipe.error(settings, "layers", "shares from 0 to below 1", Words.number(wrong.value))
    }
    let amounts =
      ["share", "macs", "parameters"].filter(settings.has) + (shares.isEmpty ? [] : ["layers"])
    guard amounts.count == 1 else {
      throw recipe.error(
        settings,
        amounts.first ?? "share",
        "the only one of share, macs, parameters and layers",
        amounts.isEmpty ? "none" : amounts.joined(separator: ", ")
      )
    }
  }

  var summary: String {
    if let share = settings.number("share") {
      return "remove \(Words.percent(share)) of all channels"
    }
    if let kept = settings.number("macs") {
      return "remove channels until \(Words.percent(kept)) of MACs are left"
    }
    if let kept = settings.number("parameters") {
      return "remove channels until \(Words.percent(kept)) of parameters are left"
    }
    return "remove channels of \(shares.keys.sorted().joined(separator: ", "))"
  }

  func apply(to model: Model, _ context: StepContext) throws -> Model {
    let amount: StructuredPruning.Amount =
      if let share = settings.number("share") {
        settings.text("scope") == "layers" ? .uniform(share) : .global(share)
      } else if let kept = settings.number("macs") {
        .macs(keeping: kept)
      } else if let kept = settings.number("parameters") {
        .parameters(keeping: kept)
      } else {
        .perGroup(shares)
      }
    let importance: ChannelImportance =
      switch settings.text("importance") {
      case "l1": .l1
      case "coupled_l2": .coupledL2
      case "batch_norm": .batchNormalizationScale
      default: .l2
      }
    return try StructuredPruning(
      amount,
      importance: importance,
      multiple: settings.integer("multiple") ?? 1
    ).apply(to: model)
  }
}
