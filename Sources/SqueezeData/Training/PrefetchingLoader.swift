import Foundation
public import SqueezeTensor

/// Batches of another source, prepared on threads of its own before they are asked for.
///
/// The batches after the last one asked for are made ahead, into the next epoch, and at most
/// ``depth`` of them wait in memory or are being made. Batches are the base's, whatever the number of
/// threads; one asked for out of order starts the queue anew from there. Several consumers are served
/// one after the other.
public final class PrefetchingLoader: BatchSource {
  /// How the consumer fared.
  public struct Counts: Sendable, Hashable {
    /// Batches handed out.
    public var batches = 0
    /// Batches that were not ready when they were asked for.
    public var waits = 0
    /// The time the consumer waited in all.
    public var waited = Duration.zero
    /// Times the queue started anew, the first included.
    public var restarts = 0
  }

  public let base: any BatchSource
  /// The most batches in memory or being made.
  public let depth: Int
  private let queue: BatchQueue

  /// Starts `threads` threads, which wait until the first batch is asked for.
  ///
  /// - Precondition: `threads` and `depth` are positive.
  public init(_ base: any BatchSource, threads: Int = 1, depth: Int? = nil) {
    precondition(threads > 0 && depth ?? 1 > 0, "\(threads) threads and \(depth ?? 1) batches")
    self.base = base
    self.depth = max(depth ?? threads + 1, 1)
    queue = BatchQueue(base, depth: self.depth)
    queue.start(threads)
  }

  deinit { queue.stop() }

  public var name: String { base.name }
  public var classes: [String] { base.classes }
  public var inputShape: Shape { base.inputShape }
  public var sampleCount: Int { base.sampleCount }
  public var batchSize: Int { base.batchSize }
  public var batchCount: Int { base.batchCount }
  public var counts: Counts { queue.currentCounts }

  /// Hands out a batch, and waits for it where it is not ready.
  ///
  /// - Throws: the base's error for this very batch; `CancellationError` after ``cancel()``.
  public func batch(_ index: Int, epoch: Int) throws -> TrainingBatch {
    try queue.take(BatchQueue.Key(epoch: epoch, index: index))
  }

  /// Stops the threads, waits for them and frees all batches.
  public func cancel() { queue.stop() }
}

/// What the threads and the consumer of a ``PrefetchingLoader`` share; its lock guards every variable.
private final class BatchQueue: @unchecked Sendable {
  struct Key: Hashable, Comparable {
    var epoch: Int
    var index: Int

    static func < (a: Key, b: Key) -> Bool { (a.epoch, a.index) < (b.epoch, b.index) }
  }

  private let base: any BatchSource
  private let depth: Int
  /// Held by the consumer that is being served.
  private let consumer = NSLock()
  private let condition = NSCondition()
  /// The batch to begin next, once there was a first one.
  private var next: Key?
  /// The first batch that may still be asked for without a new start.
  private var floor = Key(epoch: .min, index: 0)
  private var ready: [Key: Result<TrainingBatch, any Error>] = [:]
  private var making: Set<Key> = []
  /// Batches being made that belong to an order given up.
  private var stale = 0
  private var generation = 0
  private var isStopped = false
  private var threads = 0
  private var counts = PrefetchingLoader.Counts()

  init(_ base: any BatchSource, depth: Int) {
    self.base = base
    self.depth = depth
  }

  var currentCounts: PrefetchingLoader.Counts { locked { counts } }

  func start(_ count: Int) {
    locked { threads = count }
    for number in 1...count {
      let thread = Thread { [self] in work() }
      thread.name = "batches \(number)"
      thread.start()
    }
  }

  func stop() {
    condition.lock()
    defer { condition.unlock() }
    isStopped = true
    condition.broadcast()
    while threads > 0 { condition.wait() }
    ready = [:]
  }

  func take(_ key: Key) throws -> TrainingBatch {
    consumer.lock()
    defer { consumer.unlock() }
    condition.lock()
    defer { condition.unlock() }
    if ready[key] == nil && !making.contains(key) && key != next { restart(at: key) }
    forget(before: key)
    let start = ContinuousClock.now
    var hasWaited = false
    while ready[key] == nil && !isStopped {
      hasWaited = true
      condition.wait()
    }
    guard let result = ready.removeValue(forKey: key) else { throw CancellationError() }
    if hasWaited {
      counts.waits += 1
      counts.waited += ContinuousClock.now - start
    }
    counts.batches += 1
    forget(before: successor(of: key))
    return try result.get()
  }

  /// Starts the order anew; what is being made is dropped when it is finished.
  private func restart(at key: Key) {
    generation += 1
    counts.restarts += 1
    stale += making.count
    making = []
    ready = [:]
    next = key
  }

  /// Makes room: nobody asks for what lies before, as long as the order is kept.
  private func forget(before key: Key) {
    floor = key
    ready = ready.filter { $0.key >= key }
    condition.broadcast()
  }

  private func successor(of key: Key) -> Key {
    key.index + 1 < base.batchCount
      ? Key(epoch: key.epoch, index: key.index + 1) : Key(epoch: key.epoch + 1, index: 0)
  }

  private func work() {
    condition.lock()
    defer {
      threads -= 1
      condition.broadcast()
      condition.unlock()
    }
    while true {
      while !isStopped && (next == nil || ready.count + making.count + stale >= depth) {
        condition.wait()
      }
      guard !isStopped, let key = next else { return }
      next = successor(of: key)
      making.insert(key)
      let order = generation
      condition.unlock()
      let result = Result { try base.batch(key.index, epoch: key.epoch) }
      condition.lock()
      if order == generation {
        making.remove(key)
        if key >= floor { ready[key] = result }
      } else {
        stale -= 1
      }
      condition.broadcast()
    }
  }

  private func locked<Value>(_ body: () -> Value) -> Value {
    condition.lock()
    defer { condition.unlock() }
    return body()
  }
}
