import SqueezeTensor

/// Every sample once, in an order that depends on seed and epoch alone.
///
/// Source: Fisher and Yates, in the form of Durstenfeld, "Algorithm 235: random permutation" (1964).
public struct ShuffledSampler: Sampler {
  public var seed: UInt64

  /// Creates the sampler of a seed.
  public init(seed: UInt64) { self.seed = seed }

  public func draws(epoch: Int, count: Int) -> [Draw] {
    var random = SeededGenerator(seed: seed, path: epoch)
    return random.permutation(count).map { Draw($0) }
  }
}
