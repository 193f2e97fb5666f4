public import SqueezeData
public import SqueezeTensor

/// Cross entropy of yes and no, on scores before the sigmoid.
///
/// Each score costs `v · (p · t · softplus(−x) + (1 − t) · softplus(x))`, with target `t` in `0...1`,
/// positive weight `p` of its channel and pixel weight `v` of its position.
///
/// Reduction: the mean over all scores that are not ignored, as in PyTorch; weights do not count in the
/// denominator.
///
/// | value | shape |
/// |---|---|
/// | output | `[N, C, …]`, logits |
/// | values | as the output |
/// | classes, maps | `[N]`, `[N, …]`: 0 or 1 for one channel, else the channel that is 1 |
public struct BinaryCrossEntropy: Loss {
  /// One weight of positive targets per channel, or one for all; empty for 1.
  public var positiveWeights: [Float]
  /// Positions of this class count nothing.
  public var ignoredClass: Int?

  /// Creates the loss.
  public init(positiveWeights: [Float] = [], ignoredClass: Int? = nil) {
    self.positiveWeights = positiveWeights
    self.ignoredClass = ignoredClass
  }

  public func evaluate(
    _ output: Tensor,
    _ batch: TrainingBatch
  ) throws(TrainingError) -> LossValue {
    let name = "binary cross entropy"
    let layout = try ScoreLayout(name, output)
    guard [0, 1, layout.channels].contains(positiveWeights.count) else {
      throw .target(
        name,
        expected: "1 or \(layout.channels) positive weights",
        actual: "\(positiveWeights.count)"
      )
    }
    let targets = try BinaryTargets(name, batch, layout, ignoring: ignoredClass).values
    let pixels = try batch.positionWeights(name, layout)
    let counted = targets.withUnsafeBufferPointer { $0.reduce(0) { $0 + ($1.isNaN ? 0 : 1) } }
    let scale = 1 / Float(max(1, counted))
    let (channels, area) = (layout.channels, layout.area)
    var sum = 0.0
    let gradient = filled(layout.count) { gradient in
      output.scalars.withUnsafeBufferPointer { scores in
        targets.withUnsafeBufferPointer { targets in
          for plane in 0..<layout.samples * channels {
            let positive: Float =
              switch positiveWeights.count {
              case 0: 1
              case 1: positiveWeights[0]
              default: positiveWeights[plane % channels]
              }
            let first = plane * area
            let position = plane / channels * area
            for i in 0..<area {
              let (x, t) = (scores[first + i], targets[first + i])
              guard !t.isNaN else {
                gradient[first + i] = 0
                continue
              }
              let share = scale * (pixels?[position + i] ?? 1)
              let cost = positive * t * softplus(-x) + (1 - t) * softplus(x)
              let probability = logistic(x)
              sum += Double(share) * Double(cost)
              gradient[first + i] =
                share * ((1 - t) * probability - positive * t * (1 - probability))
            }
          }
        }
      }
    }
    return LossValue(value: sum, gradient: Tensor(output.shape, gradient))
  }
}
