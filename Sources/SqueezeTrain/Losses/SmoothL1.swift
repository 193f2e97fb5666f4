public import SqueezeData
public import SqueezeTensor

/// Squared near the target, linear far from it.
///
/// With `d = x − t`: `d² / 2β` where `|d| < β`, else `|d| − β / 2`.
///
/// Reduction: the mean over all numbers. Values have the output's number of elements.
///
/// Source: Girshick, "Fast R-CNN" (2015), equation 3; `β` as in PyTorch.
public struct SmoothL1: Loss {
  /// Where it becomes linear; 0 gives the absolute difference.
  public var beta: Float

  public var takesLogits: Bool { false }

  /// Creates the loss.
  public init(beta: Float = 1) { self.beta = beta }

  public func evaluate(
    _ output: Tensor,
    _ batch: TrainingBatch
  ) throws(TrainingError) -> LossValue {
    let beta = beta
    return try differences("smooth L1", output, batch) { difference in
      let size = abs(difference)
      if size < beta { return (difference * difference / (2 * beta), difference / beta) }
      return (size - beta / 2, difference > 0 ? 1 : difference < 0 ? -1 : 0)
    }
  }
}
