import Foundation
import SqueezeCompress
import SqueezeEngine
import SqueezeExperiments
import SqueezeFormats
import SqueezeGraph
import SqueezeTensor

/// Makes a recipe for a goal from a scan of how sensitive every layer is.
///
/// Sizes are those of real files, so that a target is met by construction; the accuracy of a choice is predicted
/// from the calibration samples without their labels.
struct RecipePlanner {
  let data: RecipeData
  let goal: RecipeGoal
  let folder: URL
  let threads: Int
  /// Whether the result computes in whole numbers, what a choice then loses with.
  let isInteger: Bool

  /// The sparsities that are tried with training data.
  private static let sparsities = [0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98]
  /// The divergences, in nats, that are tried where no size is asked for.
  private static let divergences = [0.15, 0.08, 0.04, 0.02, 0.01, 0.004]

  /// A recipe.
  ///
  /// With training data: pruning while training to the mildest sparsity whose file at 4 or 5 bits is small enough,
  /// codebooks, and training of what is shared. Without: rounding by rate and distortion to the size that is asked
  /// for, or to the largest divergence that is expected to lose at most half of the drop that is allowed, activations in
  /// whole numbers included; where there is none, activations alone are put on grids.
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
    let text = try data.canRetrain ? retrained(observe, shouldStop) : rounded(observe, shouldStop)
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
    search: for sparsity in Self.sparsities {
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

  private func rounded(
    _ observe: (RecipeEvent) -> Void,
    _ shouldStop: () -> Bool
  ) throws -> String {
    if let target = goal.bytes {
      return """
        # Made for \(target) bytes, without training data.
        name: plan
        steps:
          - {kind: round, size: \(target)}
        """ + "\n"
    }
    let inputs = try data.calibrationInputs()
    let runtime = FastRuntime(threadCount: threads)
    let probe = try FidelityProbe(data.model, inputs: inputs, threads: threads)
    let inWholeNumbers = isInteger ? try expectedDrop(of: data.model, probe, inputs) : nil
    if let drop = inWholeNumbers {
      observe(
        .note("  whole numbers alone are expected to lose \(Words.number(100 * drop)) points")
      )
    }
    // Where whole numbers alone lose more, nothing is left to lose by rounding.
    for divergence in Self.divergences where (inWholeNumbers ?? 0) <= goal.drop / 2 {
      let rounding = PostTrainingCompression(
        target: .distortion(divergence),
        keepsZeros: true,
        compensatesEarlierLayers: false
      )
      let model = try rounding.apply(
        to: data.model,
        calibratedOn: inputs,
        using: runtime,
        size: { try SQZWriter().bytes(of: $0).count },
        progress: { _ in if shouldStop() { throw RecipeInterruption() } }
      )
      let drop = try expectedDrop(of: model, probe, inputs)
      observe(
        .note(
          "  a divergence of \(Words.number(divergence)) nats is expected to lose "
            + "\(Words.number(100 * drop)) points"
        )
      )
      guard drop <= goal.drop / 2 else { continue }
      return recipe("{kind: round, divergence: \(divergence)}", losing: drop)
    }
    guard let inWholeNumbers else { throw unreachable(0) }
    return recipe("{kind: calibrate}", losing: inWholeNumbers)
  }

  private func recipe(_ step: String, losing drop: Double) -> String {
    """
    # Expected to lose \(Words.number(100 * drop)) points, without training data.
    name: plan
    steps:
      - \(step)
    """ + "\n"
  }

  /// What a model is expected to lose, in whole numbers where the result will compute in them.
  private func expectedDrop(
    of model: Model,
    _ probe: FidelityProbe,
    _ inputs: [[String: Tensor]]
  ) throws -> Double {
    let final =
      isInteger
      ? try CalibrateStep().quantized(model, calibratedOn: inputs, threads: threads) : model
    return try probe.fidelity(of: final).expectedDrop
  }

  private func unreachable(_ target: Int) -> RecipeError {
    RecipeError(
      "plan",
      expected: target > 0
        ? "a choice of sparsity and bits within \(target) bytes"
        : "a choice within \(Words.number(100 * goal.drop)) points",
      actual: "none; fewer channels or a smaller network would be"
    )
  }
}
