public import SqueezeTensor
import Synchronization

/// Samples that stay decoded in memory, up to a number of bytes.
///
/// Pictures are kept as bytes. What came first stays: every epoch asks for every sample once, in an
/// order that no rule of eviction could profit from.
public final class CachedExamples: TrainingExamples {
  /// What a cache has done so far.
  public struct Counts: Sendable, Hashable {
    /// Samples that were found in memory.
    public var hits = 0
    /// Samples that had to be read.
    public var misses = 0
    /// Samples in memory.
    public var kept = 0
    /// Bytes of the samples in memory.
    public var bytes = 0
  }

  public let base: any TrainingExamples
  /// The most bytes of samples it keeps.
  public let byteLimit: Int
  private let state: Mutex<State>

  private struct State {
    var kept: [TrainingExample?]
    var counts = Counts()
  }

  /// Keeps up to `byteLimit` bytes of samples.
  public init(_ base: any TrainingExamples, byteLimit: Int) {
    self.base = base
    self.byteLimit = byteLimit
    state = Mutex(State(kept: [TrainingExample?](repeating: nil, count: base.count)))
  }

  public var counts: Counts { state.withLock { $0.counts } }

  public var name: String { base.name }
  public var classes: [String] { base.classes }
  public var count: Int { base.count }
  public var inputShape: Shape { base.inputShape }
  public var normalization: Normalization { base.normalization }
  public var ignoredClass: Int? { base.ignoredClass }
  public var valueShape: Shape? { base.valueShape }
  public func label(_ index: Int) throws -> Int? { try base.label(index) }
  public func exampleName(_ index: Int) -> String { base.exampleName(index) }

  public func example(_ index: Int) throws -> TrainingExample {
    let known = state.withLock { state in
      let known = state.kept[index]
      if known == nil { state.counts.misses += 1 } else { state.counts.hits += 1 }
      return known
    }
    if let known { return known }
    let example = try base.example(index)
    let bytes = example.byteCount
    state.withLock { state in
      // Another thread may have read the same sample meanwhile.
      guard state.kept[index] == nil, state.counts.bytes + bytes <= byteLimit else { return }
      state.kept[index] = example
      state.counts.kept += 1
      state.counts.bytes += bytes
    }
    return example
  }
}
