public import SqueezeGraph

/// Why a training ended.
public enum TrainingEnd: String, Sendable, Hashable, Codable {
  /// All epochs are done.
  case finished
  /// `shouldStop` said so; a checkpoint was saved where there is a folder for it.
  case stopped
  /// No better model came for as many evaluations as ``TrainerOptions/patience`` allows.
  case outOfPatience
}

/// What a training leaves.
public struct TrainingResult: Sendable {
  public var end: TrainingEnd
  /// The last model; its weights averaged where ``TrainerOptions/average`` says so.
  public var model: Model
  /// The last model with the weights as the optimizer left them.
  public var unaveragedModel: Model
  /// The best model by ``TrainerOptions/bestMetric``; `nil` before the first evaluation.
  public var best: Model?
  /// The epoch of the best model, from 1.
  public var bestEpoch: Int?
  /// The best metric.
  public var bestValue: Double?
  /// Every epoch so far.
  public var history: [EpochReport]
  /// The steps done.
  public var steps: Int
  /// The epochs done.
  public var epochs: Int
  /// The seconds of this run, evaluation included.
  public var seconds: Double
  /// Samples trained on per second of steps of this run.
  public var samplesPerSecond: Double
  /// ``SqueezeGraph/Model/weightsHash`` of ``model``.
  public var weightsHash: String
}
