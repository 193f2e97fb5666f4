public import SqueezeData
public import SqueezeTensor

/// One minus the soft Dice coefficient of probabilities and targets, on scores.
///
/// `1 − (2 Σ p t + s) / (Σ p + Σ t + s)` per sample and channel, the sums over positions, `s` the smoothing
/// that keeps empty masks from dividing by 0.
///
/// Reduction: the mean over samples and the channels that count.
///
/// | value | shape |
/// |---|---|
/// | output | `[N, C, …]`, logits |
/// | maps | `[N, …]`: 0 or 1 for one channel, else the channel that is 1 |
///
/// Source: Milletari, Navab and Ahmadi, "V-Net" (2016), §3, without the squares.
public struct DiceLoss: Loss {
  /// How scores become probabilities.
  public var activation: ScoreActivation
  /// What is added above and below, `s`.
  public var smoothing: Float
  /// Whether channel 0 of several counts.
  public var includesBackground: Bool
  /// Positions of this class count nothing.
  public var ignoredClass: Int?

  /// Creates the loss.
  public init(
    activation: ScoreActivation = .sigmoid,
    smoothing: Float = 1,
    includesBackground: Bool = true,
    ignoredClass: Int? = nil
  ) {
    self.activation = activation
    self.smoothing = smoothing
    self.includesBackground = includesBackground
    self.ignoredClass = ignoredClass
  }

  public func evaluate(
    _ output: Tensor,
    _ batch: TrainingBatch
  ) throws(TrainingError) -> LossValue {
    let layout = try ScoreLayout("Dice loss", output)
    let targets = try BinaryTargets("Dice loss", batch, layout, ignoring: ignoredClass).values
    let (channels, area) = (layout.channels, layout.area)
    let first = channels > 1 && !includesBackground ? 1 : 0
    let scale = 1 / Double(max(1, layout.samples * (channels - first)))
    let probabilities: [Float]
    switch activation {
    case .softmax: probabilities = withScores(output, layout) { _, _, _, _ in }.scalars
    case .sigmoid:
      probabilities = filled(layout.count) { p in
        output.scalars.withUnsafeBufferPointer { x in
          guard let x = x.baseAddress else { return }
          sigmoid(x, p, layout.count)
        }
      }
    }
    var loss = 0.0
    var slopes = [Float](repeating: 0, count: layout.count)
    slopes.withUnsafeMutableBufferPointer { slopes in
      withPointers(probabilities, targets, scratch: 3 * area) { p, t, scratch in
        let (wanted, kept, products) = (scratch, scratch + area, scratch + 2 * area)
        for plane in 0..<layout.samples * channels where plane % channels >= first {
          let start = plane * area
          keepCounted(t + start, wanted, kept, 1, area)
          for i in 0..<area { products[i] = p[start + i] * wanted[i] }
          let both = sum(products, area)
          for i in 0..<area { products[i] = p[start + i] * kept[i] + wanted[i] }
          let all = sum(products, area)
          let (top, bottom) = (2 * both + Double(smoothing), all + Double(smoothing))
          if bottom <= 0 { continue }
          loss += scale * (1 - top / bottom)
          let (own, shared) = (Float(-2 * scale / bottom), Float(scale * top / bottom / bottom))
          for i in 0..<area { slopes[start + i] = kept[i] * (own * wanted[i] + shared) }
        }
      }
    }
    layout.pullBack(&slopes, through: activation, probabilities)
    return LossValue(value: loss, gradient: Tensor(output.shape, slopes))
  }
}

extension ScoreLayout {
  /// Turns slopes on probabilities into slopes on scores, in place.
  ///
  /// Sigmoid: `g p (1 − p)`. Softmax: `p (g − Σ p g)` over the channels of each position.
  func pullBack(
    _ slopes: inout [Float],
    through activation: ScoreActivation,
    _ probabilities: [Float]
  ) {
    slopes.withUnsafeMutableBufferPointer { slopes in
      guard let slopes = slopes.baseAddress else { return }
      withPointers(probabilities, probabilities, scratch: area) { p, _, means in
        if activation == .sigmoid {
          for i in 0..<count { slopes[i] *= p[i] * (1 - p[i]) }
          return
        }
        for n in 0..<samples {
          for i in 0..<area { means[i] = 0 }
          for plane in n * channels..<(n + 1) * channels {
            let (p, slopes) = (p + plane * area, slopes + plane * area)
            for i in 0..<area { means[i] += p[i] * slopes[i] }
          }
          for plane in n * channels..<(n + 1) * channels {
            let (p, slopes) = (p + plane * area, slopes + plane * area)
            for i in 0..<area { slopes[i] = p[i] * (slopes[i] - means[i]) }
          }
        }
      }
    }
  }
}
