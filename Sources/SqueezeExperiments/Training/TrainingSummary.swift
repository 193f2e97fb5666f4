import SqueezeTrain

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
  /// How many processes trained together; the fields after it are those of one of them.
  public var ranks = 1
  /// The seconds of steps without waiting for data and other ranks; `nil` in a single process.
  public var computeSeconds: Double?
  /// The seconds that gradients were under way, and the part of them in which nothing was computed.
  public var communicationSeconds: Double?
  public var communicationWaitSeconds: Double?
  /// The bytes of gradients and statistics that one rank sent.
  public var communicationBytes: Int?

  /// Sums a result up; `evaluation` is that of the last model on test data.
  init(
    _ result: TrainingResult,
    _ evaluation: Evaluation?,
    _ config: ExperimentConfig,
    _ folder: RunFolder,
    _ traffic: Traffic
  ) {
    testError = evaluation.flatMap { RunMetrics.errorPercent($0.metrics) }
    testLoss = evaluation?.loss
    epochs = result.epochs
    steps = result.steps
    seconds = result.seconds
    samplesPerSecond = result.samplesPerSecond
    weightsHash = result.weightsHash
    end = result.end.rawValue
    bestTestError = result.history.compactMap { RunMetrics.errorPercent($0.metrics) }.min()
    bestEpoch = result.bestEpoch
    metrics = Dictionary(
      uniqueKeysWithValues: RunMetrics.shown(evaluation?.metrics ?? [:]).map { ($0.name, $0.value) }
    )
    run = folder.url.path
    seed = config.seed
    threads = config.threads
    skippedSamples = 0
    remarks = []
    guard traffic.ranks > 1 else { return }
    ranks = traffic.ranks
    computeSeconds = traffic.computeSeconds
    communicationSeconds = traffic.communicationSeconds
    communicationWaitSeconds = traffic.waitSeconds
    communicationBytes = traffic.bytesSent
  }

  private enum CodingKeys: String, CodingKey {
    case test_error, test_loss, epochs, steps, seconds, samples_per_second, weights_sha256
    case end, best_test_error, best_epoch, metrics, run, seed, threads, skipped_samples, remarks
    case ranks, compute_seconds, communication_seconds, communication_wait_seconds
    case communication_bytes
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
    try values.encode(ranks, forKey: .ranks)
    try values.encode(computeSeconds, forKey: .compute_seconds)
    try values.encode(communicationSeconds, forKey: .communication_seconds)
    try values.encode(communicationWaitSeconds, forKey: .communication_wait_seconds)
    try values.encode(communicationBytes, forKey: .communication_bytes)
  }
}
