public import SqueezeTensor

/// What a network should answer for the samples of a batch.
public enum Targets: Sendable, Hashable {
  /// The index of each sample's class, `[N]`.
  case classes([Int])
  /// The probability of each class, `[N, C]`, as mixed samples have it.
  case probabilities(Tensor)
  /// The class of each pixel, whole numbers `[N, H, W]`, or `[N, W]` for signals.
  case maps(Tensor)
  /// Real numbers of the shape of the network's output, as for regression or yes–no scores.
  case values(Tensor)
}

/// Samples as a network takes them while it is trained, and what it should answer.
public struct TrainingBatch: Sendable {
  /// `[N, C, H, W]`, or `[N, C, W]` for signals.
  public var inputs: Tensor
  public var targets: Targets
  /// A weight per pixel, `[N, H, W]`, where the dataset has one.
  public var pixelWeights: Tensor?
  /// Which samples of the dataset these are.
  public var samples: [Int]

  /// Creates a batch.
  public init(
    inputs: Tensor,
    targets: Targets,
    pixelWeights: Tensor? = nil,
    samples: [Int] = []
  ) {
    self.inputs = inputs
    self.targets = targets
    self.pixelWeights = pixelWeights
    self.samples = samples
  }
}

/// Batches by number: the same epoch and index always give the same batch, so a training that was
/// stopped goes on where it was, and threads and order do not matter.
public protocol BatchSource: Sendable {
  /// What reports call it.
  var name: String { get }
  /// The class names; empty for regression.
  var classes: [String] { get }
  /// The shape of one sample's input, without the batch.
  var inputShape: Shape { get }
  /// The samples of one epoch.
  var sampleCount: Int { get }
  /// The samples of a batch.
  var batchSize: Int { get }
  /// The batches of one epoch.
  var batchCount: Int { get }

  /// One batch; `index` is in `0..<batchCount`.
  ///
  /// - Throws: where a sample cannot be read and may not be skipped.
  func batch(_ index: Int, epoch: Int) throws -> TrainingBatch
}
