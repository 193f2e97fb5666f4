public import SqueezeData
public import SqueezeTensor

/// What a network's output is worth for a batch, and in which direction it gets better.
///
/// A loss is the mean over what it compares; each says over what. It is a value without state, so the
/// same output and batch always give the same bits.
public protocol Loss: Sendable {
  /// Whether it wants scores before softmax or sigmoid; see ``SqueezeGraph/Model/logits(of:)``.
  var takesLogits: Bool { get }
  /// Everything the result depends on, as text; a training goes on only under the same settings.
  var settings: String { get }

  /// The loss and its gradient.
  ///
  /// - Parameters:
  ///   - output: what the network gave, `[N, C]`, `[N, C, W]` or `[N, C, H, W]`.
  ///   - batch: what it was given and should have answered.
  /// - Returns: the mean and its gradient, of the shape of `output`.
  /// - Throws: ``TrainingError/target(_:expected:actual:)`` where output and targets do not fit.
  func evaluate(_ output: Tensor, _ batch: TrainingBatch) throws(TrainingError) -> LossValue
}

extension Loss {
  public var takesLogits: Bool { true }
  public var settings: String { "\(self)" }
}

/// A loss and its slope.
public struct LossValue: Sendable, Hashable {
  /// The mean loss.
  public var value: Double
  /// `∂value/∂output`, of the output's shape.
  public var gradient: Tensor

  /// Creates a value.
  public init(value: Double, gradient: Tensor) {
    self.value = value
    self.gradient = gradient
  }
}
