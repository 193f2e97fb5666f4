import CSqueezeKernels
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Threads that share the items of one loop at a time, the caller among them.
///
/// An idle thread spins for some microseconds, because the next loop of a network follows at once,
/// and then sleeps without using the processor. Items are taken in order, one by one, so a thread
/// whose core is stolen delays only its own item. A caller that finds the pool busy computes its
/// loop alone, so any number of tasks may share a pool.
public final class ThreadPool: Sendable {
  /// The number of threads that share a loop, the caller included; at least 1.
  public let threadCount: Int
  private let shared: Shared
  private let threads: [Thread]

  /// Starts `threadCount − 1` threads; the caller of a loop is the last one.
  public init(threadCount: Int) {
    self.threadCount = max(1, threadCount)
    let shared = Shared()
    self.shared = shared
    threads = (1..<max(1, threadCount)).compactMap { index in Thread { shared.work(index) } }
  }

  deinit {
    shared.stop()
    for thread in threads { thread.join() }
  }

  /// The threads of the pool that sleep at this moment.
  public var sleepingThreadCount: Int { shared.sleepingThreadCount }

  /// The processor time that the pool's own threads have used, without callers of loops; `nil` where
  /// the system does not say.
  public var processorTime: Duration? {
    var sum = Duration.zero
    for thread in threads {
      guard let time = thread.processorTime else { return nil }
      sum += time
    }
    return sum
  }

  /// Calls `body` with every number in `0..<count` and the number of the thread that does it, below
  /// ``threadCount``; returns when all are done.
  public func forEach(_ count: Int, _ body: (_ item: Int, _ thread: Int) -> Void) {
    guard count > 1, !threads.isEmpty, shared.claim() else {
      for item in 0..<max(0, count) { body(item, 0) }
      return
    }
    defer { shared.release() }
    shared.run(count, body)
  }
}

/// Writes the two words of a closure, which must be called only while it lives.
@_silgen_name("sq_take_loop_body")
private func takeLoopBody(
  _ body: (_ item: Int, _ thread: Int) -> Void,
  _ target: UnsafeMutablePointer<SQLoopBody>
)

/// One loop and the threads that wait for it.
private final class Shared: @unchecked Sendable {
  private let busy = Atomic<Bool>(false)
  /// Counts loops; a change wakes the threads.
  private let generation = Atomic<Int>(0)
  /// The generation whose loop may be joined, or 0.
  private let open = Atomic<Int>(0)
  /// How many threads look at the loop.
  private let inside = Atomic<Int>(0)
  private let next = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let stopped = Atomic<Bool>(false)
  private let bell = Bell()
  // Written by the owner of `busy` while no thread is inside.
  private var count = 0
  private let body = UnsafeMutablePointer<SQLoopBody>.allocate(capacity: 1)

  init() { body.initialize(to: SQLoopBody()) }

  deinit { body.deallocate() }

  /// Pauses before a thread sleeps, some tens of microseconds.
  private static let spins = 2_000
  /// Pauses before a waiting thread offers its processor to others, and between such offers: with
  /// more threads than processors the one that is waited for may need it.
  private static let (patience, courtesy) = (400, 100)

  var sleepingThreadCount: Int { sleepers.load(ordering: .relaxed) }

  func claim() -> Bool {
    busy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
  }

  func release() { busy.store(false, ordering: .releasing) }

  /// Runs a loop; returns when no thread is inside any more, so `body` does not outlive the call.
  func run(_ count: Int, _ body: (Int, Int) -> Void) {
    self.count = count
    takeLoopBody(body, self.body)
    next.store(0, ordering: .relaxed)
    let current = generation.load(ordering: .relaxed) + 1
    open.store(current, ordering: .sequentiallyConsistent)
    generation.store(current, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 { bell.ring() }
    takeItems(0)
    open.store(0, ordering: .sequentiallyConsistent)
    var pauses = 0
    while inside.load(ordering: .sequentiallyConsistent) != 0 { wait(&pauses) }
    // This use of the closure is what keeps its captures alive until here.
    takeLoopBody(body, self.body)
  }

  private func takeItems(_ thread: Int) {
    while true {
      let item = next.wrappingAdd(1, ordering: .relaxed).oldValue
      if item >= count { return }
      sq_call_loop_body(body, item, thread)
    }
  }

  /// What a thread of the pool does all its life.
  func work(_ thread: Int) {
    var seen = 0
    while !stopped.load(ordering: .acquiring) {
      let current = awaitLoop(after: seen)
      seen = current
      inside.wrappingAdd(1, ordering: .sequentiallyConsistent)
      if open.load(ordering: .sequentiallyConsistent) == current { takeItems(thread) }
      inside.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    }
  }

  private func awaitLoop(after seen: Int) -> Int {
    var pauses = 0
    while pauses < Self.spins {
      let current = generation.load(ordering: .acquiring)
      if current != seen { return current }
      wait(&pauses)
    }
    sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
    bell.wait { generation.load(ordering: .sequentiallyConsistent) == seen }
    sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    return generation.load(ordering: .acquiring)
  }

  private func wait(_ pauses: inout Int) {
    pauses += 1
    if pauses > Self.patience, pauses % Self.courtesy == 0 { sched_yield() } else { sq_pause() }
  }

  func stop() {
    stopped.store(true, ordering: .sequentiallyConsistent)
    generation.wrappingAdd(1, ordering: .sequentiallyConsistent)
    bell.ring()
  }
}

/// A condition that threads sleep on.
private final class Bell: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Sleeps while `silent` holds; it is tested under the lock that ``ring()`` takes.
  func wait(while silent: () -> Bool) {
    pthread_mutex_lock(mutex)
    while silent() { pthread_cond_wait(condition, mutex) }
    pthread_mutex_unlock(mutex)
  }

  func ring() {
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }
}
