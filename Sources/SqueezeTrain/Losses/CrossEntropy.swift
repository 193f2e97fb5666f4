public import SqueezeData
public import SqueezeTensor

/// Cross entropy of softmax probabilities, on scores before softmax.
///
/// With `p = softmax(x)` over channels and class `y`, each position costs
/// `−Σ t_c log p_c`, `t_c = (1 − ε) w_y [c = y] + (ε / C) w_c`, `ε` the label smoothing and `w` the
/// class weights. For probabilities `q` as targets, `t_c = w_c ((1 − ε) q_c + ε / C)`.
///
/// Reduction, as in PyTorch: the sum over positions divided by `Σ w_y` for classes, ignored positions left
/// out of both; by the number of positions for probabilities. A pixel weight multiplies the costs and
/// the `w_y` of its position. Where nothing is left, the loss is 0.
///
/// | value | shape |
/// |---|---|
/// | output | `[N, C]`, `[N, C, W]` or `[N, C, H, W]`, logits |
/// | classes; probabilities; maps | `[N]`; as the output; `[N, W]` or `[N, H, W]` |
///
/// Source for smoothing: Szegedy et al., "Rethinking the Inception Architecture" (2016), §7.
public struct CrossEntropy: Loss {
  /// How much of each target is spread over all classes, `ε`, in `0..<1`.
  public var labelSmoothing: Float
  /// One weight per class; empty for all 1.
  public var classWeights: [Float]
  /// Positions of this class count nothing.
  public var ignoredClass: Int?

  /// Creates the loss.
  public init(labelSmoothing: Float = 0, classWeights: [Float] = [], ignoredClass: Int? = nil) {
    self.labelSmoothing = labelSmoothing
    self.classWeights = classWeights
    self.ignoredClass = ignoredClass
  }

  public func evaluate(
    _ output: Tensor,
    _ batch: TrainingBatch
  ) throws(TrainingError) -> LossValue {
    let layout = try ScoreLayout("cross entropy", output)
    guard classWeights.isEmpty || classWeights.count == layout.channels else {
      throw .target(
        "cross entropy",
        expected: "\(layout.channels) class weights",
        actual: "\(classWeights.count)"
      )
    }
    let weights =
      classWeights.isEmpty ? [Float](repeating: 1, count: layout.channels) : classWeights
    let pixels = try batch.positionWeights("cross entropy", layout)
    if case .probabilities(let targets) = batch.targets {
      guard targets.shape == output.shape else {
        throw .target("cross entropy", expected: "\(output.shape)", actual: batch.targets.kind)
      }
      return evaluate(output, layout, weights, pixels, probabilities: targets.scalars)
    }
    let labels = try ClassLabels(
      "cross entropy",
      batch,
      layout,
      classes: layout.channels,
      ignoring: ignoredClass
    )
    return evaluate(output, layout, weights, pixels, labels: labels.labels)
  }

  /// The loss for class indices.
  private func evaluate(
    _ output: Tensor,
    _ layout: ScoreLayout,
    _ weights: [Float],
    _ pixels: [Float]?,
    labels: [Int32]
  ) -> LossValue {
    let (channels, area) = (layout.channels, layout.area)
    var denominator = 0.0
    for (position, label) in labels.enumerated() where label >= 0 {
      denominator += Double(weights[Int(label)]) * Double(pixels?[position] ?? 1)
    }
    let spread = labelSmoothing / Float(channels)
    let weightSum = weights.reduce(0, +)
    var sum = 0.0
    let gradient = withScores(output, layout) { x, gradient, largest, logSums in
      guard denominator > 0 else {
        gradient.update(repeating: 0, count: layout.count)
        return
      }
      let scale = Float(1 / denominator)
      // By position: its share of the mean times the mass of its targets, its share
      // times what smoothing spreads, and `Σ w_c log p_c`.
      withPointers(weights, weights, scratch: 3 * area) { weights, _, scratch in
        let (masses, shares, logs) = (scratch, scratch + area, scratch + 2 * area)
        for n in 0..<layout.samples {
          let (x, gradient) = (x + n * channels * area, gradient + n * channels * area)
          let (largest, logSums) = (largest + n * area, logSums + n * area)
          if spread > 0 {
            for i in 0..<area { logs[i] = -weightSum * (largest[i] + logSums[i]) }
            for c in 0..<channels {
              let x = x + c * area
              for i in 0..<area { logs[i] += weights[c] * x[i] }
            }
          }
          for i in 0..<area {
            let label = Int(labels[n * area + i])
            guard label >= 0 else {
              (masses[i], shares[i]) = (0, 0)
              continue
            }
            let share = scale * (pixels?[n * area + i] ?? 1)
            let own = (1 - labelSmoothing) * weights[label]
            let cost = own * (logSums[i] - (x[label * area + i] - largest[i]))
            sum += Double(share) * Double(cost - spread * logs[i])
            masses[i] = share * (own + spread * weightSum)
            shares[i] = share * spread
          }
          for c in 0..<channels {
            let plane = gradient + c * area
            for i in 0..<area { plane[i] = masses[i] * plane[i] - shares[i] * weights[c] }
          }
          for i in 0..<area {
            let label = Int(labels[n * area + i])
            guard label >= 0 else { continue }
            let share = scale * (pixels?[n * area + i] ?? 1)
            gradient[label * area + i] -= share * (1 - labelSmoothing) * weights[label]
          }
        }
      }
    }
    return LossValue(value: sum, gradient: gradient)
  }

  /// The loss for probabilities.
  private func evaluate(
    _ output: Tensor,
    _ layout: ScoreLayout,
    _ weights: [Float],
    _ pixels: [Float]?,
    probabilities: [Float]
  ) -> LossValue {
    let (channels, area) = (layout.channels, layout.area)
    let scale = 1 / Float(max(1, layout.positions))
    let spread = labelSmoothing / Float(channels)
    var sum = 0.0
    let gradient = withScores(output, layout) { x, gradient, largest, logSums in
      for n in 0..<layout.samples {
        for i in 0..<area {
          let position = n * area + i
          let share = scale * (pixels?[position] ?? 1)
          var (mass, cost): (Float, Float) = (0, 0)
          for c in 0..<channels {
            let at = (n * channels + c) * area + i
            let target = weights[c] * ((1 - labelSmoothing) * probabilities[at] + spread)
            mass += target
            cost += target * (logSums[position] - (x[at] - largest[position]))
          }
          for c in 0..<channels {
            let at = (n * channels + c) * area + i
            let target = weights[c] * ((1 - labelSmoothing) * probabilities[at] + spread)
            gradient[at] = share * (mass * gradient[at] - target)
          }
          sum += Double(share) * Double(cost)
        }
      }
    }
    return LossValue(value: sum, gradient: gradient)
  }
}

/// Computes softmax probabilities into memory for a gradient, and lets a function turn them into it.
func withScores(
  _ output: Tensor,
  _ layout: ScoreLayout,
  _ body: (
    _ scores: UnsafePointer<Float>,
    _ probabilities: UnsafeMutablePointer<Float>,
    _ largest: UnsafePointer<Float>,
    _ logSums: UnsafePointer<Float>
  ) -> Void
) -> Tensor {
  var facts = [Float](repeating: 0, count: 2 * layout.positions)
  let gradient = filled(layout.count) { gradient in
    output.scalars.withUnsafeBufferPointer { scores in
      facts.withUnsafeMutableBufferPointer { facts in
        guard let scores = scores.baseAddress, let largest = facts.baseAddress else { return }
        let logSums = largest + layout.positions
        layout.softmax(scores, gradient, largest: largest, logSums: logSums)
        body(scores, gradient, largest, logSums)
      }
    }
  }
  return Tensor(output.shape, gradient)
}
