import Foundation
public import SqueezeCompress
import SqueezeFormats
public import SqueezeGraph

/// A compressed model and everything that was found out about it.
public struct CompressionOutcome: Sendable {
  /// The model before and after.
  public var original: Model
  public var model: Model
  /// The bytes of the `.sqz` file of the model after.
  public var file: [UInt8]
  /// The bytes of the file that the model came from.
  public var inputBytes: Int
  public var goal: RecipeGoal
  public var verdict: Verdict
  public var accuracy: AccuracyComparison
  public var latency: PairedLatency
  /// Modelled, not measured.
  public var energyBefore: EnergyEstimate
  public var energyAfter: EnergyEstimate
  public var layers: LayerTable
  public var blame: LayerBlame?
  /// The model before all steps and after each.
  public var records: [StepRecord]
  /// The scans of steps that made one, by the step's number.
  public var scans: [Int: SensitivityTable]
  public var recipe: Recipe
  public var threads: Int

  /// How many times smaller the file is than the parameters as float32.
  public var ratio: Double { Double(original.denseBytes) / Double(max(1, file.count)) }
}

extension CompressionRun {
  /// The gate: everything is measured again on the file as it is read back.
  func outcome(
    of model: Model,
    _ state: RunState,
    _ observe: (RecipeEvent) -> Void
  ) throws -> CompressionOutcome {
    observe(.note("gate: accuracy, latency and errors of layers, before and after"))
    let file = try writer.bytes(of: model)
    let read = try SQZReader(bytes: file).model()
    let after = try data.scores(of: read, threads: threads)
    let before =
      try state.before.flatMap { $0.count == after.count ? $0 : nil }
      ?? data.scores(of: data.model, threads: threads)
    let accuracy = AccuracyComparison(before: before, after: after)
    let latency = try PairedLatency(data.model, read, threads: threads)
    let blame = try? LayerBlame(
      data.model,
      read,
      inputs: try data.calibrationInputs(Self.blameSamples),
      threads: threads
    )
    let layers = try LayerTable(
      read,
      original: try LayerBlame.aligned(data.model, with: read),
      file: file,
      outputErrors: blame?.outputErrors ?? [:]
    )
    let facts = Verdict.Facts(
      inputBytes: inputBytes,
      accuracy: accuracy,
      latency: latency,
      layers: layers,
      blame: blame
    )
    return CompressionOutcome(
      original: data.model,
      model: read,
      file: file,
      inputBytes: inputBytes,
      goal: goal,
      verdict: Verdict(facts, goal: goal),
      accuracy: accuracy,
      latency: latency,
      energyBefore: try EnergyEstimate(data.model, weightBytes: (data.model.storedBits + 7) / 8),
      energyAfter: try EnergyEstimate(read, weightBytes: file.count),
      layers: layers,
      blame: blame,
      records: state.records,
      scans: scans(),
      recipe: recipe,
      threads: threads
    )
  }

  /// The samples that layers are compared on.
  private static let blameSamples = 64

  private func scans() -> [Int: SensitivityTable] {
    var scans: [Int: SensitivityTable] = [:]
    for step in 1...max(1, plan.count) {
      let url = RunState.scan(folder, of: step)
      guard let data = try? Data(contentsOf: url) else { continue }
      scans[step] = try? JSONDecoder().decode(SensitivityTable.self, from: data)
    }
    return scans
  }
}
