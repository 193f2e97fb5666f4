import Foundation
import SqueezeCompress
import SqueezeExperiments
import SqueezeGraph

/// Prunes the smallest weights, at once or while the network retrains.
///
/// Gradually, sparsity rises as `s (1 − (1 − t)³)` in phases: prune, train a part of the epochs, prune again. One
/// schedule of learning rates runs over all phases and the epochs in which sparsity has settled. A phase that was
/// stopped goes on from its checkpoint.
struct PruneStep: RecipeStep {
  let sparsity: LayerValues
  let scope: String
  let pattern: SparsityPattern
  /// The epochs in which sparsity rises, and those after them.
  let gradual: Double
  let settle: Double
  let phases: Int
  let settings: Settings

  init(_ settings: Settings, _ recipe: Recipe) throws(ConfigError) {
    self.settings = settings
    sparsity = LayerValues(
      standard: settings.number("sparsity") ?? 0,
      exceptions: settings.table("layers")
    )
    if let wrong = sparsity.exceptions.first(where: { !(0..<1).contains($0.value) }) {
      throw recipe.error(settings, "layers", "sparsities from 0 to below 1", "\(wrong.value)")
    }
    scope = settings.text("scope") ?? "layers"
    if scope != "layers", !sparsity.exceptions.isEmpty {
      throw recipe.error(settings, "layers", "left out with scope \(scope)", "some")
    }
    let text = settings.text("pattern") ?? "elements"
    guard let pattern = Self.pattern(text) else {
      throw recipe.error(settings, "pattern", "2:4, 16x1, kernels or elements", text)
    }
    self.pattern = pattern
    gradual = settings.number("gradual") ?? 0
    settle = settings.number("settle") ?? 0
    phases = gradual > 0 ? settings.integer("phases") ?? max(1, Int(gradual.rounded())) : 1
  }

  private static func pattern(_ text: String) -> SparsityPattern? {
    if text == "elements" { return .elements }
    if text == "kernels" { return .kernels }
    func pair(_ separator: Character) -> (Int, Int)? {
      let sizes = text.split(separator: separator).map { Int($0) }
      guard sizes.count == 2, let a = sizes[0], let b = sizes[1] else { return nil }
      return (a, b)
    }
    if let (kept, all) = pair(":") { return .nOfM(kept: kept, of: all) }
    if let (outputs, inputs) = pair("x") { return .blocks(outputs: outputs, inputs: inputs) }
    return nil
  }

  var epochs: Double { gradual + settle }
  var onlyShrinks: Bool { epochs == 0 }

  var summary: String {
    var text = "prune to \(Words.percent(sparsity.standard))"
    switch scope {
    case "global": text += " of all weights together"
    case "sensitivity": text += " of all weights, where a scan finds least harm"
    default:
      let others = sparsity.exceptions.sorted { $0.key < $1.key }
        .map { "\($0.key) \(Words.percent($0.value))" }
      if !others.isEmpty { text += " (\(others.joined(separator: ", ")))" }
    }
    if pattern != .elements { text += " in groups \(settings.text("pattern") ?? "")" }
    if gradual > 0 { text += ", over \(Words.epochs(gradual)) in \(phases) phases" }
    if settle > 0 { text += ", then \(Words.epochs(settle)) more" }
    return text
  }

  func apply(to model: Model, _ context: StepContext) throws -> Model {
    try sparsity.check(model.weightKeys, "prune")
    let goals = try goals(model, context)
    guard epochs > 0 else { return try pruned(model, goals, share: 1) }
    let retraining = try context.retraining("prune")
    let learning = retraining.learning(settings)
    let rising = retraining.batches(gradual)
    let total = rising + retraining.batches(settle)
    // The last phase is the one in which sparsity has settled.
    var bounds = (0...phases).map { rising * $0 / phases }
    if total > rising { bounds.append(total) }
    var (phase, model) = try resumed(model, context)
    while phase < bounds.count - 1 {
      try context.goOn()
      let folder = context.folder.appendingPathComponent("phase-\(phase + 1)")
      let share =
        gradual > 0 ? curve(Double(min(phase + 1, phases)) / Double(phases)) : 1
      let range = bounds[phase]..<bounds[phase + 1]
      model = try pruned(model, goals, share: share)
      if !range.isEmpty {
        model = try retraining.train(
          model,
          Retraining.Span(
            seen: retraining.batches(context.epochsBefore),
            batches: range,
            total: total
          ),
          learning: learning,
          folder: folder,
          threads: context.threads,
          observe: { event in
            guard case .step(let step) = event else { return }
            let done =
              Double(range.lowerBound) + Double(range.count * step.step) / Double(step.totalSteps)
            context.progress(
              done / Double(total),
              "sparsity \(Words.percent(share * sparsity.standard)), "
                + "loss \(Words.number(step.loss)), \(Int(step.samplesPerSecond)) samples/s"
            )
          },
          shouldStop: context.shouldStop
        )
      }
      phase += 1
      try save(model, phase, context)
      try? FileManager.default.removeItem(at: folder)
    }
    return model
  }

  /// `1 − (1 − t)³`, from Zhu and Gupta (2017), equation 1.
  private func curve(_ t: Double) -> Double { 1 - (1 - t) * (1 - t) * (1 - t) }

  // MARK: - Amounts

  /// The sparsity of every weight at the end; `nil` for one threshold over all.
  private func goals(_ model: Model, _ context: StepContext) throws -> [String: Double]? {
    let keys = model.weightKeys
    switch scope {
    case "global": return nil
    case "sensitivity":
      let table = try Sensitivity.pruning(model, pattern: pattern, context)
      let counts = keys.map { ($0, model.parameters[$0]?.shape.count ?? 0) }
      let allotted = table.sparsities(
        reaching: sparsity.standard,
        counts: Dictionary(uniqueKeysWithValues: counts)
      )
      guard let allotted else {
        throw RecipeError(
          "prune, scope sensitivity",
          expected: "a sparsity that the scan's levels reach",
          actual: Words.percent(sparsity.standard)
        )
      }
      return allotted
    default: return Dictionary(uniqueKeysWithValues: keys.map { ($0, sparsity[$0]) })
    }
  }

  private func pruned(_ model: Model, _ goals: [String: Double]?, share: Double) throws -> Model {
    let amount: MagnitudePruning.Amount =
      goals.map { .perParameter($0.mapValues { $0 * share }) } ?? .global(sparsity.standard * share)
    return try MagnitudePruning(amount, pattern: pattern).apply(to: model)
  }

  // MARK: - Going on

  private struct Place: Codable {
    var phase: Int
    var file: String
  }

  private func resumed(_ model: Model, _ context: StepContext) throws -> (Int, Model) {
    let place = context.folder.appendingPathComponent("phases.json")
    guard let data = try? Data(contentsOf: place) else { return (0, model) }
    let done = try JSONDecoder().decode(Place.self, from: data)
    return (done.phase, try StepModel.load(context.folder.appendingPathComponent(done.file)))
  }

  private func save(_ model: Model, _ phase: Int, _ context: StepContext) throws {
    let files = FileManager.default
    try files.createDirectory(at: context.folder, withIntermediateDirectories: true)
    // Two names in turn, so that the file named by phases.json is whole at any moment.
    let file = "phase-\(phase % 2).sqz"
    try StepModel.save(model, to: context.folder.appendingPathComponent(file))
    try JSONEncoder().encode(Place(phase: phase, file: file))
      .write(to: context.folder.appendingPathComponent("phases.json"), options: .atomic)
  }
}
