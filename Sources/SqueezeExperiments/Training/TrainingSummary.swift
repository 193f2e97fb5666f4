/// What a training came to, under stable keys.
///
/// Errors are in percent: 1.58 means that 1.58 % of the test samples got another class.
public struct TrainingSummary: Sendable, Hashable, Encodable {
  /// Wrong classes, or pixels of them, in percent after the last epoch; `nil` without classes or test data.
  public var testError: Double?
  /// The mean loss on test data after the last epoch.
  public var testLoss: Double?
  public var epochs: Int
  public var steps: Int
  /// The seconds of this process, evaluation included.
  public var seconds: Double
  /// Samples trained on per second of steps.
  public var samplesPerSecond: Double
  /// SHA-256 of all weights; see `Model.weightsHash`.
  public var weightsHash: String

  /// `finished`, `stopped` or `outOfPatience`.
  public var end: String
  /// The least error of any epoch, in percent.
  public var bestTestError: Double?
  /// The epoch of the best model.
  public var bestEpoch: Int?
  /// The metrics on test data after the last epoch, errors in percent.
  public var metrics: [String: Double]
  /// The run's folder.
  public var run: String
  public var seed: UInt64
  public var threads: Int
  /// Samples left out because they could not be read.
  public var skippedSamples: Int
  /// What was odd.
  public var remarks: [String]

  private enum CodingKeys: String, CodingKey {
    case test_error, test_loss, epochs, steps, seconds, samples_per_second, weights_sha256
    case end, best_test_error, best_epoch, metrics, run, seed, threads, skipped_samples, remarks
  }

  /// Every key is always there, with `null` for what is not known.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(testError, forKey: .test_error)
    try values.encode(testLoss, forKey: .test_loss)
    try values.encode(epochs, forKey: .epochs)
    try values.encode(steps, forKey: .steps)
    try values.encode(seconds, forKey: .seconds)
    try values.encode(samplesPerSecond, forKey: .samples_per_second)
    try values.encode(weightsHash, forKey: .weights_sha256)
    try values.encode(end, forKey: .end)
    try values.encode(bestTestError, forKey: .best_test_error)
    try values.encode(bestEpoch, forKey: .best_epoch)
    try values.encode(metrics, forKey: .metrics)
    try values.encode(run, forKey: .run)
    try values.encode(seed, forKey: .seed)
    try values.encode(threads, forKey: .threads)
    try values.encode(skippedSamples, forKey: .skipped_samples)
    try values.encode(remarks, forKey: .remarks)
  }
}
