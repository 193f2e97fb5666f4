/// One sample in the order of an epoch.
public struct Draw: Sendable, Hashable {
  /// Which sample of the dataset.
  public var sample: Int
  /// How often it was drawn before in this epoch; augmentation differs each time.
  public var repetition: Int

  /// Names a sample.
  public init(_ sample: Int, repetition: Int = 0) {
    self.sample = sample
    self.repetition = repetition
  }
}

/// The order in which an epoch takes samples.
public protocol Sampler: Sendable {
  /// The draws of an epoch out of `count` samples; every epoch has equally many.
  func draws(epoch: Int, count: Int) -> [Draw]
}

/// Every sample once, in the order of the dataset, as for evaluation.
public struct SequentialSampler: Sampler {
  /// Creates the sampler.
  public init() {}

  public func draws(epoch: Int, count: Int) -> [Draw] { (0..<count).map { Draw($0) } }
}
