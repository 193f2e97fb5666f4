import SqueezeData
import SqueezeMetrics
import SqueezeTensor

/// What an evaluation counts, batch by batch.
struct OutcomeCounts {
  /// Above it a single score means class 1.
  let threshold: Float
  let ignoredClass: Int?
  private(set) var confusion: ConfusionMatrix?
  private var isMap = false
  private var (squares, magnitudes, numbers) = (0.0, 0.0, 0)

  init(threshold: Float, ignoredClass: Int?) {
    self.threshold = threshold
    self.ignoredClass = ignoredClass
  }

  /// Counts one batch; the loss has checked that output and targets fit.
  mutating func add(_ output: Tensor, _ batch: TrainingBatch) throws {
    switch batch.targets {
    case .values(let targets):
      for (x, t) in zip(output.scalars, targets.scalars) {
        let difference = Double(x) - Double(t)
        squares += difference * difference
        magnitudes += abs(difference)
      }
      numbers += targets.scalars.count
    case .probabilities(let targets):
      let layout = try ScoreLayout("metrics", targets)
      try record(output, layout.best(of: targets.scalars, threshold: 0.5).map { Int32($0) })
    case .classes, .maps:
      let layout = try ScoreLayout("metrics", output)
      if case .maps = batch.targets { isMap = true }
      let labels = try ClassLabels(
        "metrics",
        batch,
        layout,
        classes: max(2, layout.channels),
        ignoring: ignoredClass
      )
      try record(output, labels.labels)
    }
  }

  private mutating func record(_ output: Tensor, _ labels: [Int32]) throws {
    let layout = try ScoreLayout("metrics", output)
    let predicted = layout.best(of: output.scalars, threshold: threshold)
    var matrix = confusion ?? ConfusionMatrix(classes: max(2, layout.channels))
    confusion = nil
    for (predicted, label) in zip(predicted, labels) where label >= 0 {
      try matrix.record(predicted: predicted, actual: Int(label))
    }
    confusion = matrix
  }

  /// The metrics by name.
  var metrics: [String: Double] {
    if numbers > 0 {
      let count = Double(numbers)
      return ["rmse": (squares / count).squareRoot(), "mae": magnitudes / count]
    }
    guard let confusion, let accuracy = confusion.accuracy else { return [:] }
    guard isMap else { return ["top1_error": 1 - accuracy] }
    let classes = (0..<confusion.classes).filter { $0 != ignoredClass }
    var metrics = ["pixel_error": 1 - accuracy]
    metrics["mean_iou"] = IoU.mean(classes.map { confusion.iou(of: $0) })
    metrics["mean_dice"] = IoU.mean(classes.map { confusion.dice(of: $0) })
    return metrics
  }
}

extension ScoreLayout {
  /// The channel of the largest score at every position, the first of equals; with one channel 1 above the
  /// threshold, else 0.
  func best(of scores: [Float], threshold: Float) -> [Int] {
    var best = [Int](repeating: 0, count: positions)
    scores.withUnsafeBufferPointer { scores in
      best.withUnsafeMutableBufferPointer { best in
        for n in 0..<samples {
          for i in 0..<area {
            let first = n * channels * area + i
            guard channels > 1 else {
              best[n * area + i] = scores[first] > threshold ? 1 : 0
              continue
            }
            var (winner, largest) = (0, scores[first])
            for c in 1..<channels where scores[first + c * area] > largest {
              (winner, largest) = (c, scores[first + c * area])
            }
            best[n * area + i] = winner
          }
        }
      }
    }
    return best
  }
}
