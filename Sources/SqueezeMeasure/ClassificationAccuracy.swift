public import SqueezeData
public import SqueezeMetrics
public import SqueezeTensor

/// How often a classifier is right on a dataset.
public struct ClassificationAccuracy: Sendable, Hashable {
  /// The samples seen.
  public var count = 0
  /// The samples whose label had the best score.
  public var top1Correct = 0
  /// The samples whose label was among the five best scores.
  public var top5Correct = 0
  /// The time for reading, preparing and classifying all samples.
  public var seconds = 0.0

  /// The fraction right, 0 without samples.
  public var top1: Double { count == 0 ? 0 : Double(top1Correct) / Double(count) }
  /// The fraction right among five, 0 without samples.
  public var top5: Double { count == 0 ? 0 : Double(top5Correct) / Double(count) }
  /// The 95 % interval of ``top1``.
  public var top1Interval: WilsonInterval { WilsonInterval(successes: top1Correct, trials: count) }
  /// The 95 % interval of ``top5``.
  public var top5Interval: WilsonInterval { WilsonInterval(successes: top5Correct, trials: count) }
}

extension Classifier {
  /// The first pictures of a dataset as input tensors of batch 1.
  public func inputs(of dataset: any Dataset, limit: Int) throws -> [Tensor] {
    let batches = Batches(
      dataset,
      preprocessor: preprocessor,
      size: 8,
      limit: limit,
      threads: threadCount
    )
    return try (0..<batches.count).flatMap { index -> [Tensor] in
      let batch = try batches.batch(index)
      let size = batch.inputs.shape.count(from: 1)
      return batch.labels.indices.map { position in
        let slice = batch.inputs.scalars[position * size..<(position + 1) * size]
        return Tensor(preprocessor.shape(), Array(slice))
      }
    }
  }

  /// Classifies a dataset.
  ///
  /// - Parameters:
  ///   - dataset: labelled pictures; labels are indices of the model's scores.
  ///   - limit: how many samples to stop at; `nil` for all.
  ///   - progress: called after every few samples with what is known so far and how many there are.
  /// - Returns: the accuracy over all samples seen.
  /// - Throws: the error of a picture that cannot be read, or ``MeasureError`` where a label lies
  ///   outside the model's scores.
  public func accuracy(
    on dataset: any Dataset,
    limit: Int? = nil,
    progress: (_ soFar: ClassificationAccuracy, _ total: Int) -> Void = { _, _ in }
  ) throws -> ClassificationAccuracy {
    let clock = ContinuousClock()
    let start = clock.now
    let batches = Batches(
      dataset,
      preprocessor: preprocessor,
      size: max(8, 4 * threadCount),
      limit: limit,
      threads: threadCount
    )
    var accuracy = ClassificationAccuracy()
    for index in 0..<batches.count {
      let batch = try batches.batch(index)
      let size = batch.inputs.shape.count(from: 1)
      for (position, label) in batch.labels.enumerated() {
        let slice = batch.inputs.scalars[position * size..<(position + 1) * size]
        let scores = try scores(input: .init(preprocessor.shape(), Array(slice)))
        guard scores.indices.contains(label) else {
          throw MeasureError(
            "\(dataset.name)/\(batch.names[position])",
            expected: "a label below the model's \(scores.count) scores",
            actual: "\(label)"
          )
        }
        let rank = TopK.rank(of: label, in: scores)
        accuracy.count += 1
        accuracy.top1Correct += rank < 1 ? 1 : 0
        accuracy.top5Correct += rank < 5 ? 1 : 0
      }
      accuracy.seconds = (clock.now - start).inSeconds
      progress(accuracy, batches.sampleCount)
    }
    return accuracy
  }
}
