public import Foundation

/// How a ``Trainer`` trains, besides loss, optimizer and schedule.
public struct TrainerOptions: Sendable {
  /// How often the training data is seen.
  public var epochs = 10
  /// The batches whose gradients are averaged for one step; the last step of an epoch may have fewer.
  public var accumulation = 1
  /// How gradients are kept from growing; `nil` leaves them.
  public var clipping: GradientClipping?
  /// Which parameters decay how much.
  public var weightDecay = WeightDecay(0)
  /// The averaging of weights, `nil` for none.
  ///
  /// With it, what is evaluated and returned is the average.
  public var average: ExponentialAverage?
  /// For dropout; the data has a seed of its own.
  public var seed: UInt64 = 0
  /// The threads of steps; results do not depend on it.
  public var threadCount = 1
  /// How far running statistics move towards those of each batch, in `0...1`.
  public var statisticsMomentum: Float = 0.1
  /// Parameters that stay as they are, by key.
  public var frozen: Set<String> = []
  /// The processes that train together, each on its part of every batch.
  ///
  /// Gradients and running statistics are averaged over ranks; rank 0 evaluates and writes checkpoints.
  public var communicator: any Communicator = SingleProcess()
  /// Let batch normalization see the batches of all ranks as one, instead of each rank's own.
  ///
  /// It costs two small messages per normalization and step, during which nothing is computed. A batch of
  /// which some rank has no sample is normalized by each rank's own.
  public var sharesMoments = false
  /// Keep fewer values from forward to backward pass and compute them again, to fit memory.
  public var recomputes = false
  /// The output that the loss sees, where the model has several; `nil` is the first.
  public var output: String?

  /// Epochs from one evaluation to the next; the last epoch is always evaluated.
  public var evaluateEvery = 1
  /// What says which model is the best.
  public var bestMetric = BestMetric.loss
  /// Evaluations without a better model after which training stops; `nil` never stops early.
  public var patience: Int?
  /// Targets of this class are left out of metrics, and of losses that are told so.
  public var ignoredClass: Int?
  /// A loss above this counts as diverged.
  public var lossLimit = 1e6

  /// The folder of `last.checkpoint` and `best.checkpoint`; `nil` keeps nothing on disk.
  public var checkpointFolder: URL?
  /// Where checkpoints lie instead of a folder.
  public var storage: (any CheckpointStorage)?
  /// Steps from one checkpoint to the next, besides that of every epoch; `nil` for none.
  public var checkpointEverySteps: Int?
  /// Go on with a warning where a checkpoint cannot be written, as on a full disk.
  public var continuesWithoutCheckpoints = false

  /// Creates the options above.
  public init() {}
}

/// Which number of an evaluation says how good a model is.
public struct BestMetric: Sendable, Hashable, Codable {
  /// `loss` or the name of one of ``Evaluation/metrics``.
  public var name: String
  public var isHigherBetter: Bool

  /// Creates a choice.
  public init(_ name: String, isHigherBetter: Bool) {
    self.name = name
    self.isHigherBetter = isHigherBetter
  }

  /// The loss on validation data; without such data that on training data.
  public static let loss = BestMetric("loss", isHigherBetter: false)
  /// The fraction of wrong classes.
  public static let top1Error = BestMetric("top1_error", isHigherBetter: false)
  /// The mean IoU over classes.
  public static let meanIoU = BestMetric("mean_iou", isHigherBetter: true)
  /// The mean Dice coefficient over classes.
  public static let meanDice = BestMetric("mean_dice", isHigherBetter: true)

  /// Whether a value is better than the best so far.
  public func isBetter(_ value: Double, than best: Double?) -> Bool {
    guard !value.isNaN else { return false }
    guard let best else { return true }
    return isHigherBetter ? value > best : value < best
  }
}
