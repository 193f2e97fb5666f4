import Foundation
import SqueezeCompress
import SqueezeExperiments
import SqueezeFormats
import SqueezeGraph

/// Makes a recipe for a goal from a scan of how sensitive every layer is.
///
/// Sizes are those of real files of the pruned and shared weights, so that a target is met by construction; the
/// accuracy of a choice is predicted from the calibration samples without their labels.
struct RecipePlanner {
  let data: RecipeData
  let goal: RecipeGoal
  let folder: URL
  let threads: Int

  /// The bits of codebooks that are tried, and the sparsities.
  private static let bits = [8, 6, 5, 4, 3]
  private static let sparsities = [0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98]

  /// One choice and what it is expected to come to.
  private struct Candidate {
    var sparsity: Double
    var bits: Int
    var bytes: Int
    var drop: Double
  }

  /// A recipe.
  ///
  /// With training data: pruning while training to the mildest sparsity whose file at 4 or 5 bits is small enough,
  /// codebooks, and training of what is shared. Without: the combination of sparsity and bits with the least
  /// expected drop whose file is small enough, or the smallest file within the allowed drop.
  ///
  /// - Throws: ``RecipeError`` where no combination is small enough, ``RecipeInterruption``, and what runs throw.
  func recipe(
    observe: (RecipeEvent) -> Void,
    shouldStop: () -> Bool
  ) throws -> Recipe {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let url = folder.appendingPathComponent("plan.yaml")
    if FileManager.default.fileExists(atPath: url.path) {
      return try Recipe(contentsOf: url)
    }
    observe(.note("plan: scans how sensitive every layer is"))
    let text = try data.canRetrain ? retrained(observe, shouldStop) : shared(observe, shouldStop)
    try Data(text.utf8).write(to: url, options: .atomic)
    return try Recipe(text, file: "plan.yaml", folder: folder)
  }

  // MARK: - With training data

  private func retrained(
    _ observe: (RecipeEvent) -> Void,
    _ shouldStop: () -> Bool
  ) throws -> String {
    var found: (sparsity: Double, bits: Int)?
    let target = goal.bytes ?? data.model.denseBytes / 20
    search: for sparsity in Self.sparsities.dropFirst(4) {
      for bits in [5, 4] {
        if shouldStop() { throw RecipeInterruption() }
        let bytes = try size(try pruned(.uniform(sparsity)), bits)
        observe(.note("  \(Words.percent(sparsity)) sparse at \(bits) bits: \(bytes) bytes"))
        if bytes <= target {
          found = (sparsity, bits)
          break search
        }
      }
    }
    guard let found else { throw unreachable(target) }
    return """
      # Made for \(target) bytes and at most \(Words.number(100 * goal.drop)) points of loss.
      name: plan
      steps:
        - {kind: prune, sparsity: \(found.sparsity), gradual: 8, settle: 4}
        - {kind: quantize, to: codebook, bits: \(found.bits)}
        - {kind: train, epochs: 2, schedule: cosine, rate: 0.001}
        - {kind: quantize, to: float16, of: rest}
      """ + "\n"
  }

  private func pruned(_ amount: MagnitudePruning.Amount) throws -> Model {
    try MagnitudePruning(amount).apply(to: data.model)
  }

  /// The bytes of a model's file with codebooks of so many bits.
  private func size(_ model: Model, _ bits: Int) throws -> Int {
    try SQZWriter().bytes(of: try compressed(model, bits)).count
  }

  private func compressed(_ model: Model, _ bits: Int) throws -> Model {
    let shared = try CodebookQuantization(centroidCount: (1 << bits) - 1).apply(to: model)
    let weights = Set(shared.weightKeys)
    let rest = shared.parameters.filter { !weights.contains($0.key) && $0.value.type.isReal }
    return try HalfQuantization(.float16, keys: Set(rest.keys)).apply(to: shared)
  }

  // MARK: - Without

  private func shared(
    _ observe: (RecipeEvent) -> Void,
    _ shouldStop: () -> Bool
  ) throws -> String {
    let probe = try FidelityProbe(
      data.model,
      inputs: try data.calibrationInputs(Sensitivity.sampleLimit),
      threads: threads
    )
    var candidates: [Candidate] = []
    for sparsity in Self.sparsities where sparsity <= 0.8 {
      let pruned = try pruned(.global(sparsity))
      for bits in Self.bits {
        if shouldStop() { throw RecipeInterruption() }
        let model = try compressed(pruned, bits)
        let bytes = try SQZWriter().bytes(of: model).count
        let drop = try probe.fidelity(of: model).expectedDrop
        candidates.append(Candidate(sparsity: sparsity, bits: bits, bytes: bytes, drop: drop))
        observe(
          .note(
            "  \(Words.percent(sparsity)) sparse at \(bits) bits: \(bytes) bytes, expected to lose "
              + "\(Words.number(100 * drop)) points"
          )
        )
      }
    }
    let chosen: Candidate?
    if let target = goal.bytes {
      chosen = candidates.filter { $0.bytes <= target }.min { ($0.drop, $0.bytes) < ($1.drop, $1.bytes) }
    } else {
      chosen = candidates.filter { $0.drop <= goal.drop / 2 }.min { $0.bytes < $1.bytes }
    }
    guard let chosen else { throw unreachable(goal.bytes ?? 0) }
    let prune =
      chosen.sparsity > 0
      ? "\n  - {kind: prune, sparsity: \(chosen.sparsity), scope: global}" : ""
    return """
      # Expected to lose \(Words.number(100 * chosen.drop)) points at \(chosen.bytes) bytes.
      name: plan
      steps:\(prune)
        - {kind: quantize, to: codebook, bits: \(chosen.bits)}
        - {kind: quantize, to: float16, of: rest}
      """ + "\n"
  }

  private func unreachable(_ target: Int) -> RecipeError {
    RecipeError(
      "plan",
      expected: "a choice of sparsity and bits within \(target) bytes and "
        + "\(Words.number(100 * goal.drop)) points",
      actual: "none; fewer channels or a smaller network would be"
    )
  }
}
