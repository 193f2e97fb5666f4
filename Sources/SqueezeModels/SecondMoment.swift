import SqueezeGraph
import SqueezeOperators
import SqueezeTensor

/// An estimate of `E[x²]` over the elements of a value, before anything has run.
///
/// A value with a mean of zero and variance 1 has 1; a ReLU leaves half of it. Estimates err (they
/// know nothing of dependence between neighbours), but only by small factors in pools and sums.
struct SecondMoment {
  /// The estimate, above 0.
  let value: Double

  /// Takes a known estimate.
  init(_ value: Double) { self.value = max(value, 1e-6) }

  /// The estimate for the outputs of an operator whose linear layers give variance 1.
  init(after op: any Operator, inputs: [(spec: TensorSpec, moment: SecondMoment)]) {
    let moments = inputs.map(\.moment.value)
    let first = moments.first ?? 1
    switch op {
    case is Convolution, is TransposedConvolution, is FullyConnected: self.init(1)
    case is BatchNormalization, is LayerNormalization, is InstanceNormalization:
      // The stored statistics say variance 1 whatever came, so the input's moment passes.
      self.init(op is BatchNormalization ? first : 1)
    case is ReLU, is Clip, is Sigmoid: self.init(first / 2)
    case is MaxPool: self.init(first * 2)
    case is AveragePool, is GlobalAveragePool: self.init(first / 2)
    case is Add, is Subtract: self.init(moments.reduce(0, +))
    case is Multiply: self.init(moments.reduce(1, *))
    case let op as Concatenate where op.axis == 1:
      let channels = inputs.map { $0.spec.shape.rank > 1 ? Double($0.spec.shape[1]) : 1 }
      let sum = zip(moments, channels).reduce(0) { $0 + $1.0 * $1.1 }
      self.init(sum / max(1, channels.reduce(0, +)))
    default: self.init(first)
    }
  }
}
