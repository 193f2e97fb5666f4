import SqueezeEngine
import SqueezeTestSupport
import Synchronization
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct ThreadPoolTests {
  @Test("every item is done once", arguments: [1, 2, 3, 8])
  func everyItemOnce(_ threads: Int) {
    let pool = ThreadPool(threadCount: threads)
    for count in [0, 1, 2, 7, 100] {
      for _ in 0..<50 {
        // Without a lock: an item done twice at once would be a race that a sanitizer sees.
        let done = UnsafeMutablePointer<Int>.allocate(capacity: 100)
        defer { done.deallocate() }
        done.initialize(repeating: 0, count: 100)
        pool.forEach(count) { item, thread in
          #expect((0..<threads).contains(thread))
          done[item] += 1
        }
        #expect((0..<100).allSatisfy { done[$0] == ($0 < count ? 1 : 0) })
      }
    }
  }

  @Test("tasks that share a pool all finish")
  func manyTasks() async {
    let pool = ThreadPool(threadCount: 2)
    let total = Total()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<200 { pool.forEach(5) { item, _ in total.add(item) } }
        }
      }
    }
    #expect(total.sum == 8 * 200 * 10)
  }

  @Test("a loop inside a loop runs")
  func nestedLoops() {
    let pool = ThreadPool(threadCount: 2)
    let total = Total()
    pool.forEach(4) { _, _ in pool.forEach(3) { item, _ in total.add(item) } }
    #expect(total.sum == 4 * 3)
  }

  @Test("the threads of an idle pool fall asleep, which takes no processor time")
  func idles() {
    let pool = ThreadPool(threadCount: 4)
    pool.forEach(8) { _, _ in }
    for _ in 0..<1_000 where pool.sleepingThreadCount < 3 { usleep(2_000) }
    #expect(pool.sleepingThreadCount == 3)
    guard let before = pool.processorTime else { return }
    usleep(100_000)
    let used = (pool.processorTime ?? .zero) - before
    #expect(used < .milliseconds(1), "asleep, yet \(used) of processor time used")
  }

  @Test("a loop allocates nothing", .enabled(if: Allocations.areCounted), arguments: [1, 2, 3])
  func allocatesNothing(_ threads: Int) {
    let pool = ThreadPool(threadCount: threads)
    let sums = UnsafeMutablePointer<Int>.allocate(capacity: 64)
    defer { sums.deallocate() }
    sums.initialize(repeating: 0, count: 64)
    let scale = Int.random(in: 1...3)
    let allocations = Allocations.count {
      for _ in 0..<100 { pool.forEach(64) { item, _ in sums[item] += item * scale } }
    }
    #expect(allocations == 0)
    #expect((0..<64).allSatisfy { sums[$0] == 100 * $0 * scale })
  }

  @Test("a waking thread is not missed")
  func wakesAfterSleep() {
    let pool = ThreadPool(threadCount: 2)
    for _ in 0..<5 {
      usleep(2_000)
      let total = Total()
      pool.forEach(10) { item, _ in total.add(item) }
      #expect(total.sum == 45)
    }
  }
}

/// A sum without a lock: the thread sanitizer does not see that the kernel hands a `Mutex` on to a thread that waits.
private final class Total: Sendable {
  private let value = Atomic(0)
  var sum: Int { value.load(ordering: .relaxed) }
  func add(_ number: Int) { value.wrappingAdd(number, ordering: .relaxed) }
}
