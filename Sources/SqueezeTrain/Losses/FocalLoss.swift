import Foundation
public import SqueezeData
public import SqueezeTensor

/// Cross entropy that cares less for what is easy, on scores.
///
/// `−α_t (1 − p_t)^γ log p_t`. With sigmoid, `p_t` is the probability of each score's own answer, yes or no,
/// and `α_t` is `α` for yes and `1 − α` for no; with softmax, `p_t` is that of the right class, and `α_t` is
/// `α`.
///
/// Reduction: the mean over scores (sigmoid) or positions (softmax) that are not ignored.
///
/// Output `[N, C, …]`, logits; targets as ``BinaryCrossEntropy`` or ``CrossEntropy`` takes them, 0 or 1.
///
/// Source: Lin et al., "Focal Loss for Dense Object Detection" (2017), §3, equation 5.
public struct FocalLoss: Loss {
  public var activation: ScoreActivation
  /// How much less easy ones count, `γ`.
  public var focus: Float
  /// The balance of yes and no, `α`; `nil` for none.
  public var balance: Float?
  /// Positions of this class count nothing.
  public var ignoredClass: Int?

  /// Creates the loss.
  public init(
    activation: ScoreActivation = .softmax,
    focus: Float = 2,
    balance: Float? = nil,
    ignoredClass: Int? = nil
  ) {
    self.activation = activation
    self.focus = focus
    self.balance = balance
    self.ignoredClass = ignoredClass
  }

  public func evaluate(
    _ output: Tensor,
    _ batch: TrainingBatch
  ) throws(TrainingError) -> LossValue {
    let layout = try ScoreLayout("focal loss", output)
    switch activation {
    case .sigmoid:
      let targets = try BinaryTargets("focal loss", batch, layout, ignoring: ignoredClass)
      return sigmoid(output, layout, targets.values)
    case .softmax:
      let labels = try ClassLabels(
        "focal loss",
        batch,
        layout,
        classes: layout.channels,
        ignoring: ignoredClass
      )
      return softmax(output, layout, labels.labels)
    }
  }

  /// The cost `−(1 − p)^γ log p` and its slope by `log p`, from `log p`.
  private func cost(_ logarithm: Double) -> (cost: Double, slope: Double) {
    let p = exp(logarithm)
    let rest = max(1 - p, 0)
    let power = pow(rest, Double(focus))
    // d/dlog p: −(1 − p)^γ + γ p (1 − p)^(γ − 1) log p
    let inner = rest > 0 ? Double(focus) * p * power / rest * logarithm : 0
    return (-power * logarithm, inner - power)
  }

  private func sigmoid(_ output: Tensor, _ layout: ScoreLayout, _ targets: [Float]) -> LossValue {
    let counted = targets.withUnsafeBufferPointer { $0.reduce(0) { $0 + ($1.isNaN ? 0 : 1) } }
    let scale = 1 / Float(max(1, counted))
    let (ofYes, ofNo) = (balance ?? 1, balance.map { 1 - $0 } ?? 1)
    let area = layout.area
    var total = 0.0
    let gradient = filled(layout.count) { gradient in
      withPointers(output.scalars, targets, scratch: 3 * area) { x, t, scratch in
        let (wanted, shares, costs) = (scratch, scratch + area, scratch + 2 * area)
        for start in stride(from: 0, to: layout.count, by: max(1, area)) {
          keepCounted(t + start, wanted, shares, scale, area)
          Self.row(x + start, wanted, shares, focus, ofYes, ofNo, costs, gradient + start, area)
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
    _ focus: Float,
    _ weightOfYes: Float,
    _ weightOfNo: Float,
    _ costs: UnsafeMutablePointer<Float>,
    _ gradient: UnsafeMutablePointer<Float>,
    _ count: Int
  ) {
    for i in 0..<count {
      let score = Logistic(x[i])
      // (1 − p_t)^γ: what is left of yes is `complement`, of no `probability`.
      let yes = shares[i] * weightOfYes * targets[i] * fastExponential(-focus * score.costIfNo)
      let no = shares[i] * weightOfNo * (1 - targets[i]) * fastExponential(-focus * score.costIfYes)
      costs[i] = yes * score.costIfYes + no * score.costIfNo
      // d/dz of −(1 − p)^γ log p with p = σ(z): −(1 − p)^γ (γ p (−log p) + 1 − p)
      let slopeOfYes = focus * score.probability * score.costIfYes + score.complement
      let slopeOfNo = focus * score.complement * score.costIfNo + score.probability
      gradient[i] = no * slopeOfNo - yes * slopeOfYes
    }
  }

  private func softmax(_ output: Tensor, _ layout: ScoreLayout, _ labels: [Int32]) -> LossValue {
    let scale = Double(balance ?? 1) / Double(max(1, labels.count { $0 >= 0 }))
    let (channels, area) = (layout.channels, layout.area)
    var sum = 0.0
    let gradient = withScores(output, layout) { x, gradient, largest, logSums in
      for n in 0..<layout.samples {
        for i in 0..<area {
          let position = n * area + i
          let first = n * channels * area + i
          let label = Int(labels[position])
          var slope: Float = 0
          if label >= 0 {
            let part = cost(
              Double(x[first + label * area] - largest[position] - logSums[position])
            )
            sum += scale * part.cost
            slope = Float(scale * part.slope)
          }
          // d log p_y / dx_c = [c = y] − p_c
          for c in 0..<channels { gradient[first + c * area] *= -slope }
          if label >= 0 { gradient[first + label * area] += slope }
        }
      }
    }
    return LossValue(value: sum, gradient: gradient)
  }
}
