public import SqueezeGraph
public import SqueezeTensor

/// Puts the weights of a model on grids of a few bits, one scale per output channel, chosen so that the
/// layers' outputs on some inputs change least.
///
/// The grid is symmetric, with `2^(bits − 1) − 1` levels on each side. The scale of a channel is the one,
/// among some from the largest weight downwards, whose nearest levels change its output least. Biases take
/// up what is left of the mean.
///
/// Source: Nagel et al., "A White Paper on Neural Network Quantization" (2021), §3.
public struct IntegerRounding: Sendable {
  /// How levels are chosen.
  public enum Method: String, Sendable, Hashable, CaseIterable {
    /// The nearest ones.
    case nearest
    /// Each makes good the errors of those before; see ``SecondOrderRounding``.
    case secondOrder
    /// Up or down is learned; see ``LearnedRounding``.
    case learned
  }

  /// The bits of a weight, 2 to 8.
  public var bits: Int
  public var method: Method
  /// Whether weights that are 0 stay 0.
  public var keepsZeros: Bool

  /// Creates the method.
  ///
  /// - Precondition: 2 to 8 bits.
  public init(bits: Int = 4, method: Method = .learned, keepsZeros: Bool = false) {
    precondition((2...8).contains(bits), "\(bits) bits")
    self.bits = bits
    self.method = method
    self.keepsZeros = keepsZeros
  }

  /// Rounds the weights of a model.
  ///
  /// - Parameters:
  ///   - model: a trained model; batch normalizations are folded into the layers before them.
  ///   - inputs: what it is calibrated on, at least one; each a tensor for every input.
  ///   - runtime: runs models.
  ///   - progress: told which part of the layers is done.
  /// - Returns: the model with integers for weights.
  /// - Throws: ``CalibrationError`` without inputs or layers, and what `runtime` and `progress` throw.
  public func apply(
    to model: Model,
    calibratedOn inputs: [[String: Tensor]],
    using runtime: any Runtime,
    progress: (Double) throws -> Void = { _ in }
  ) throws -> Model {
    let calibration = try RoundingCalibration(folding: model, inputs: inputs, runtime: runtime)
    let layers = try calibration.layers(keepsZeros: keepsZeros) { try progress(0.5 * $0) }
    var result = calibration.model
    for (index, layer) in layers.enumerated() {
      put(layer, into: &result)
      try progress(0.5 + 0.5 * Double(index + 1) / Double(layers.count))
    }
    return result
  }

  private func put(_ layer: RoundedLayer, into model: inout Model) {
    let limit = Int32(1) << (bits - 1) - 1
    let rounding = layer.rounding
    var steps = rounding.bestSteps(levels: -limit...limit)
    if steps.count != layer.weight.shape[0] { steps = [steps.max() ?? 1] }
    let rounded =
      switch method {
      case .nearest: rounding.nearest(steps: steps, levels: -limit...limit)
      case .secondOrder: rounding.rounded(steps: steps, levels: -limit...limit)
      case .learned: LearnedRounding(rounding).rounded(steps: steps, levels: -limit...limit)
      }
    layer.put(rounded.integers, steps: steps, bits: bits, into: &model)
  }
}

extension SecondOrderRounding {
  /// For each row the step, among some below that of its largest weight, whose nearest levels change the
  /// layer's output least.
  func bestSteps(levels: ClosedRange<Int32>) -> [Float] {
    let columns = patches.columns
    let peaks = (0..<patches.rows).map { row in
      weight[row * columns..<(row + 1) * columns].reduce(0) { max($0, abs($1)) }
    }
    let full = peaks.map { peak -> Float in
      let step = peak / Float(levels.upperBound)
      return step > .leastNormalMagnitude && step.isFinite ? step : 1
    }
    var best = (steps: full, errors: [Double](repeating: .infinity, count: patches.rows))
    for part in stride(from: Float(1), through: 0.4, by: -0.05) {
      let steps = full.map { $0 * part }
      for (row, error) in rowErrors(nearestAt: steps, levels: levels).enumerated()
      where error < best.errors[row] {
        best.errors[row] = error
        best.steps[row] = steps[row]
      }
    }
    return best.steps
  }
}
