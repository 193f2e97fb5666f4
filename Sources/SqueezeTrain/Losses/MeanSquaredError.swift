public import SqueezeData
public import SqueezeTensor

/// The squared difference of output and target, `(x − t)²`.
///
/// Reduction: the mean over all numbers. Values have the output's number of elements.
public struct MeanSquaredError: Loss {
  public var takesLogits: Bool { false }

  /// Creates the loss.
  public init() {}

  public func evaluate(
    _ output: Tensor,
    _ batch: TrainingBatch
  ) throws(TrainingError) -> LossValue {
    try differences("mean squared error", output, batch) { difference in
      (difference * difference, 2 * difference)
    }
  }
}

/// The mean over differences of output and target of a function that gives cost and slope.
@inline(__always)
func differences(
  _ loss: String,
  _ output: Tensor,
  _ batch: TrainingBatch,
  _ function: (Float) -> (cost: Float, slope: Float)
) throws(TrainingError) -> LossValue {
  guard case .values(let targets) = batch.targets, targets.scalars.count == output.scalars.count
  else {
    throw .target(loss, expected: "values \(output.shape)", actual: batch.targets.kind)
  }
  let count = output.scalars.count
  let scale = 1 / Float(max(1, count))
  var sum = 0.0
  let gradient = filled(count) { gradient in
    output.scalars.withUnsafeBufferPointer { x in
      targets.scalars.withUnsafeBufferPointer { t in
        for i in 0..<count {
          let (cost, slope) = function(x[i] - t[i])
          sum += Double(cost)
          gradient[i] = scale * slope
        }
      }
    }
  }
  return LossValue(value: sum / Double(max(1, count)), gradient: Tensor(output.shape, gradient))
}
