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
    var total = 0.0
    let gradient = filled(layout.count) { gradient in
      withPointers(output.scalars, targets, scratch: 3 * area) { x, t, scratch in
        let (wanted, shares, costs) = (scratch, scratch + area, scratch + 2 * area)
        for plane in 0..<layout.samples * channels {
          keepCounted(t + plane * area, wanted, shares, scale, area)
          if let pixels {
            let position = plane / channels * area
            for i in 0..<area { shares[i] *= pixels[position + i] }
          }
          Self.row(
            x + plane * area,
            wanted,
            shares,
            positive: positiveWeight(plane % channels),
            costs,
            gradient + plane * area,
            area
          )
          total += sum(costs, area)
        }
      }
    }
    return LossValue(value: total, gradient: Tensor(output.shape, gradient))
  }

  /// Costs and slopes of some scores; a loop by itself so that it uses vector instructions.
  private static func row(
    _ x: UnsafePointer<Float>,
    _ targets: UnsafePointer<Float>,
    _ shares: UnsafePointer<Float>,
    positive: Float,
    _ costs: UnsafeMutablePointer<Float>,
    _ gradient: UnsafeMutablePointer<Float>,
    _ count: Int
  ) {
    for i in 0..<count {
      let score = Logistic(x[i])
      let yes = positive * targets[i]
      let no = 1 - targets[i]
      costs[i] = shares[i] * (yes * score.costIfYes + no * score.costIfNo)
      gradient[i] = shares[i] * (no * score.probability - yes * score.complement)
    }
  }

  /// The weight of positive targets in a channel.
  private func positiveWeight(_ channel: Int) -> Float {
    switch positiveWeights.count {
    case 0: 1
    case 1: positiveWeights[0]
    default: positiveWeights[channel]
    }
  }
}
