import SqueezeExperiments

/// What the result of every step depends on, as hashes: recipes that begin alike have the same first hashes.
///
/// A compression goes on where another recipe departs from its own. The goal, which judges the end, counts only where
/// steps may be left out because of it.
struct StepIdentities: Codable {
  /// The hash of the beginning without steps, then of one more step each.
  private(set) var hashes: [String]

  /// - Parameters:
  ///   - recipe: what is done.
  ///   - steps: its steps, and those that the command adds.
  ///   - data: the model and the samples.
  ///   - goal: what has to come out; counts where the recipe stops by it.
  init(_ recipe: Recipe, steps: [any RecipeStep], data: RecipeData, goal: RecipeGoal) {
    var settings = recipe.settings
    settings.values["goal"] = nil
    settings.values["name"] = nil
    let written = settings.variants("steps")
    let target = settings.boolean("stop") ? goal.bytes : nil
    // Neither threads nor the place of the data change a result.
    var training = data.retraining?.config
    training?.dataPath = nil
    training?.settings.values["threads"] = nil
    let shared = "\(target ?? 0)\n\(training?.text ?? "")"
    hashes = (0...steps.count).map { count in
      settings.values["steps"] = .list(written.prefix(count).map { .settings($0) })
      let trains = (0..<count).map { step in steps[(step + 1)...].contains { $0.epochs > 0 } }
      let text = ConfigWriter.text(settings, as: RecipeSchema.root)
      return RunIdentity.hash(
        config: "\(text)\(count) \(trains)\n\(shared)",
        version: data.model.weightsHash,
        data: "\(data.judged.name) \(data.judged.sampleCount) \(data.calibration.sampleCount)"
      )
    }
  }

  /// How many of the first steps are the same; `nil` where model, data or what all steps share differs.
  func commonSteps(_ other: StepIdentities) -> Int? {
    let common = zip(hashes, other.hashes).prefix { $0 == $1 }.count
    return common == 0 ? nil : common - 1
  }
}
