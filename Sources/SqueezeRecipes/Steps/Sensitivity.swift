import Foundation
import SqueezeCompress
import SqueezeGraph

/// Scans of how a model bears changes of one layer at a time, remembered in the step's folder.
enum Sensitivity {
  /// The file of a step's folder that holds a scan.
  static let file = "sensitivity.json"

  /// How much of the original's answers is kept when one layer is pruned: the negated mean divergence.
  ///
  /// - Throws: ``RecipeInterruption`` after saving what was measured, and what runs throw.
  static func pruning(
    _ model: Model,
    pattern: SparsityPattern,
    _ context: StepContext
  ) throws -> SensitivityTable {
    try scan(model, levels: [0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98], context) { model, key, level in
      try MagnitudePruning(.perParameter([key: level]), pattern: pattern, keys: [key]).apply(
        to: model
      )
    }
  }

  /// Scans by any change; the fewer bits the higher the level, so levels are negated bits there.
  static func scan(
    _ model: Model,
    levels: [Double],
    _ context: StepContext,
    change: (_ model: Model, _ item: String, _ level: Double) throws -> Model
  ) throws -> SensitivityTable {
    let url = context.folder.appendingPathComponent(file)
    let known = (try? Data(contentsOf: url)).flatMap {
      try? JSONDecoder().decode(SensitivityTable.self, from: $0)
    }
    let probe = try FidelityProbe(
      model,
      inputs: try context.data.calibrationInputs(sampleLimit),
      threads: context.threads
    )
    try FileManager.default.createDirectory(at: context.folder, withIntermediateDirectories: true)
    let total = Double(max(1, model.weightKeys.count * levels.count))
    let table = try SensitivityScan(levels: levels).run(
      on: model,
      resuming: known,
      observe: { table in
        try JSONEncoder().encode(table).write(to: url, options: .atomic)
        let done = table.rows.reduce(0) { $0 + $1.scores.count }
        context.progress(Double(done) / total, "scan of \(table.rows.last?.item ?? "")")
        try context.goOn()
      },
      score: { try -probe.fidelity(of: $0).divergence },
      change: change
    )
    try JSONEncoder().encode(table).write(to: url, options: .atomic)
    return table
  }

  /// The samples that a scan looks at: each is run once for every layer and level.
  static let sampleLimit = 200
}
