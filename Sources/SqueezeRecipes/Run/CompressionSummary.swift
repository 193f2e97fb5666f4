/// What a compression came to, under stable keys.
///
/// Accuracies are fractions, times milliseconds, energies microjoules by a model.
public struct CompressionSummary: Sendable, Encodable {
  private let outcome: CompressionOutcome
  /// Where the file was written.
  private let output: String

  /// Sums an outcome up.
  public init(_ outcome: CompressionOutcome, output: String) {
    self.outcome = outcome
    self.output = output
  }

  private enum CodingKeys: String, CodingKey {
    case input_bytes, output_bytes, ratio, top1_before, top1_after, ms_before, ms_after, accepted
    case output, parameter_bytes, ratio_to_float32, samples
    case top1_interval_before, top1_interval_after, top1_difference, top1_difference_interval
    case only_before_right, only_after_right, speedup, energy_uj_before, energy_uj_after
    case sparsity, complaints, layers, other_bytes, directory_bytes, steps, goal_bytes
    case goal_max_drop, threads
  }

  private struct Layer: Encodable {
    var name: String
    var encoding: String
    var parameters: Int
    var kept: Int
    var sparsity: Double
    var bits: Int
    var bytes: Int
    var weight_error: Double?
    var output_error: Double?
  }

  private struct Step: Encodable {
    var step: Int
    var summary: String
    var bytes: Int
    var top1: Double
    var sparsity: Double
    var seconds: Double
    var skipped: Bool
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    let (accuracy, latency, layers) = (outcome.accuracy, outcome.latency, outcome.layers)
    func pair(_ range: ClosedRange<Double>) -> [Double] { [range.lowerBound, range.upperBound] }
    try values.encode(outcome.inputBytes, forKey: .input_bytes)
    try values.encode(outcome.file.count, forKey: .output_bytes)
    try values.encode(
      Double(outcome.inputBytes) / Double(max(1, outcome.file.count)),
      forKey: .ratio
    )
    try values.encode(accuracy.before.mean, forKey: .top1_before)
    try values.encode(accuracy.after.mean, forKey: .top1_after)
    try values.encode(1e3 * latency.before, forKey: .ms_before)
    try values.encode(1e3 * latency.after, forKey: .ms_after)
    try values.encode(outcome.verdict.isAccepted, forKey: .accepted)
    try values.encode(output, forKey: .output)
    try values.encode(outcome.original.denseBytes, forKey: .parameter_bytes)
    try values.encode(outcome.ratio, forKey: .ratio_to_float32)
    try values.encode(accuracy.before.count, forKey: .samples)
    try values.encode(
      pair(AccuracyComparison.interval(accuracy.before)),
      forKey: .top1_interval_before
    )
    try values.encode(
      pair(AccuracyComparison.interval(accuracy.after)),
      forKey: .top1_interval_after
    )
    try values.encode(accuracy.gain, forKey: .top1_difference)
    try values.encode(pair(accuracy.differenceInterval), forKey: .top1_difference_interval)
    try values.encode(accuracy.discordant.onlyBefore, forKey: .only_before_right)
    try values.encode(accuracy.discordant.onlyAfter, forKey: .only_after_right)
    try values.encode(latency.speedup, forKey: .speedup)
    try values.encode(1e6 * outcome.energyBefore.total, forKey: .energy_uj_before)
    try values.encode(1e6 * outcome.energyAfter.total, forKey: .energy_uj_after)
    try values.encode(outcome.model.weightSparsity, forKey: .sparsity)
    try values.encode(outcome.verdict.complaints, forKey: .complaints)
    try values.encode(
      layers.rows.map {
        Layer(
          name: $0.key,
          encoding: $0.encoding,
          parameters: $0.parameters,
          kept: $0.kept,
          sparsity: $0.sparsity,
          bits: $0.bits,
          bytes: $0.bytes,
          weight_error: $0.weightError,
          output_error: $0.outputError
        )
      },
      forKey: .layers
    )
    try values.encode(layers.otherBytes, forKey: .other_bytes)
    try values.encode(layers.directoryBytes, forKey: .directory_bytes)
    try values.encode(
      outcome.records.map {
        Step(
          step: $0.step,
          summary: $0.summary,
          bytes: $0.bytes,
          top1: $0.accuracy,
          sparsity: $0.sparsity,
          seconds: $0.seconds,
          skipped: $0.isSkipped
        )
      },
      forKey: .steps
    )
    try values.encode(outcome.goal.bytes, forKey: .goal_bytes)
    try values.encode(outcome.goal.drop, forKey: .goal_max_drop)
    try values.encode(outcome.threads, forKey: .threads)
  }
}
