import Foundation
import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// An estimate of mean and variance over the elements of a value, before anything has run.
///
/// Every linear layer is taken to give mean 0 and variance 1. What follows is that of normal numbers:
/// exact for ReLU, a rough guess for pools, which depend on how alike neighbours are.
struct Moments {
  var mean: Double
  var variance: Double

  /// What linear layers give.
  static let unit = Moments(mean: 0, variance: 1)

  /// `E[x²]`, above 0.
  var second: Double { max(mean * mean + variance, 1e-6) }

  /// The estimate for the outputs of an operator.
  static func after(
    _ op: any Operator,
    _ inputs: [(spec: TensorSpec, moments: Moments)]
  ) -> Moments {
    let first = inputs.first?.moments ?? .unit
    switch op {
    case is Convolution, is TransposedConvolution, is FullyConnected, is Unary,
      is Binarize:
      return .unit
    case is LayerNormalization, is InstanceNormalization: return .unit
    case is ReLU, is Clip, is PReLU: return first.rectified
    case is Sigmoid: return Moments(mean: 0.5, variance: 0.05)
    case let op as MaxPool:
      // The largest of n normal numbers lies 1.03 (n = 4) or 1.49 (n = 9) deviations above their mean;
      // neighbours that are alike make it less.
      let deviations = op.window.kernelCount > 4 ? 1.3 : 1.0
      let mean = first.mean + deviations * first.variance.squareRoot()
      return Moments(mean: mean, variance: first.variance / 2)
    case is GlobalAveragePool: return Moments(mean: first.mean, variance: first.variance / 2)
    case is Add:
      return Moments(
        mean: inputs.reduce(0) { $0 + $1.moments.mean },
        variance: inputs.reduce(0) { $0 + $1.moments.variance }
      )
    case let op as Concatenate where op.axis == 1:
      let channels = inputs.map { $0.spec.shape.rank > 1 ? Double($0.spec.shape[1]) : 1 }
      let total = max(1, channels.reduce(0, +))
      let shares = zip(inputs, channels).map { (moments: $0.moments, share: $1 / total) }
      let mean = shares.reduce(0) { $0 + $1.share * $1.moments.mean }
      let second = shares.reduce(0) { $0 + $1.share * $1.moments.second }
      return Moments(mean: mean, variance: max(0, second - mean * mean))
    default: return first
    }
  }

  /// The moments of `max(x, 0)` for normal `x`.
  private var rectified: Moments {
    let deviation = max(variance, 1e-12).squareRoot()
    let ratio = mean / deviation
    let density = exp(-ratio * ratio / 2) / (2 * Double.pi).squareRoot()
    let probability = 0.5 * (1 + erf(ratio / 2.0.squareRoot()))
    let positive = mean * probability + deviation * density
    let square = (mean * mean + variance) * probability + mean * deviation * density
    return Moments(mean: positive, variance: max(0, square - positive * positive))
  }
}
