import Foundation
package import SqueezeGraph
import SqueezeOperators
package import SqueezeTensor

/// How far a changed model's outputs are from the original's.
///
/// - Outputs of a `Softmax`: the Kullback–Leibler divergence `Σ p ln (p / q)`, averaged over inputs (and
///   positions, where there are several distributions).
/// - Other outputs: half the mean square of the difference, divided by the variance of the original's
///   output over all inputs.
///
/// Several outputs add up. No labels are needed.
package struct OutputDistortion: Sendable {
  private let original: [[String: Tensor]]
  /// The axis of distributions, for outputs that are some.
  private let distributions: [String: Int]
  private let variances: [String: Double]

  /// Remembers the outputs of the original model.
  package init(_ model: Model, outputs: [[String: Tensor]]) {
    original = outputs
    var distributions: [String: Int] = [:]
    for node in model.nodes {
      guard let op = node.op as? Softmax, let name = node.outputs.first else { continue }
      distributions[name] = op.axis
    }
    self.distributions = distributions
    var variances: [String: Double] = [:]
    for name in model.outputs {
      var (sum, squares, count) = (0.0, 0.0, 0.0)
      for value in outputs.lazy.compactMap({ $0[name]?.reals }).joined() {
        sum += Double(value)
        squares += Double(value) * Double(value)
        count += 1
      }
      let mean = sum / max(1, count)
      variances[name] = max(squares / max(1, count) - mean * mean, .leastNormalMagnitude)
    }
    self.variances = variances
  }

  /// The number of inputs whose outputs are known.
  package var count: Int { original.count }

  /// The mean distortion over as many inputs as outputs are given, from the first on.
  package func mean(of outputs: [[String: Tensor]]) -> Double {
    guard !outputs.isEmpty else { return 0 }
    var sum = 0.0
    for (before, after) in zip(original, outputs) {
      for name in before.keys.sorted() {
        guard let a = before[name], let b = after[name], a.shape == b.shape else { continue }
        sum += distortion(name, a, b)
      }
    }
    return sum / Double(outputs.count)
  }

  private func distortion(_ name: String, _ before: Tensor, _ after: Tensor) -> Double {
    guard let axis = distributions[name].flatMap({ before.shape.axis($0) }) else {
      let squares = zip(before.reals, after.reals).reduce(0.0) { sum, pair in
        let difference = Double(pair.0) - Double(pair.1)
        return sum + difference * difference
      }
      return squares / Double(max(1, before.count)) / 2 / (variances[name] ?? 1)
    }
    var sum = 0.0
    for (p, q) in zip(before.scalars, after.scalars) where p > 0 {
      // Half of the smallest normal number stands for what vanished in single precision.
      sum += Double(p) * Foundation.log(Double(p) / max(Double(q), 0x1p-127))
    }
    return sum / Double(max(1, before.count / max(1, before.shape[axis])))
  }
}
