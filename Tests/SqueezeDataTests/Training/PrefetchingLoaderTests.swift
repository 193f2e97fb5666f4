import Foundation
import SqueezeData
import SqueezeTensor
import Synchronization
import Testing

@Suite struct PrefetchingLoaderTests {
  /// Batches that say which they are, after some time.
  final class Numbers: BatchSource {
    let batchCount: Int
    let delay: Double
    let failing: Int?
    private let state = Mutex((running: 0, most: 0, made: 0))

    init(_ batchCount: Int, delay: Double = 0, failing: Int? = nil) {
      (self.batchCount, self.delay, self.failing) = (batchCount, delay, failing)
    }

    var name: String { "numbers" }
    var classes: [String] { [] }
    var inputShape: Shape { [1] }
    var sampleCount: Int { batchCount }
    var batchSize: Int { 1 }
    var made: Int { state.withLock { $0.made } }

    /// Waits until so many are made, and some time more for what should not happen.
    func wait(for count: Int) {
      for _ in 0..<1000 where made < count { Thread.sleep(forTimeInterval: 0.01) }
      Thread.sleep(forTimeInterval: 0.05)
    }

    func batch(_ index: Int, epoch: Int) throws -> TrainingBatch {
      if delay > 0 { Thread.sleep(forTimeInterval: delay) }
      state.withLock { $0.made += 1 }
      if index == failing { throw DataError("batch \(index)", expected: "luck", actual: "none") }
      return TrainingBatch(
        inputs: Tensor([1], [Float(100 * epoch + index)]),
        targets: .classes([0])
      )
    }
  }

  @Test("batches are the same for every number of threads", arguments: [1, 2, 3])
  func sameBatches(_ threads: Int) throws {
    let examples = CachedExamples(try BatchLoaderTests.stripes(), byteLimit: 1 << 20)
    let base = try BatchLoaderTests.loader(examples)
    let reference = try BatchLoaderTests.loader(BatchLoaderTests.stripes())
    let loader = PrefetchingLoader(base, threads: threads)
    for epoch in 0..<3 {
      for index in 0..<loader.batchCount {
        let batch = try loader.batch(index, epoch: epoch)
        let expected = try reference.batch(index, epoch: epoch)
        #expect(batch.inputs.isBitIdentical(to: expected.inputs))
        #expect(batch.targets == expected.targets)
        #expect(batch.samples == expected.samples)
      }
    }
    #expect(loader.counts.batches == 18)
    #expect(loader.counts.restarts == 1)
  }

  @Test("any order is answered", arguments: [1, 2, 4])
  func anyOrder(_ depth: Int) throws {
    let loader = PrefetchingLoader(Numbers(5), threads: 2, depth: depth)
    let order = [(0, 0), (0, 1), (0, 4), (1, 0), (1, 0), (0, 2), (7, 3), (7, 4), (8, 0), (8, 2)]
    for (epoch, index) in order {
      #expect(try loader.batch(index, epoch: epoch).inputs.scalars == [Float(100 * epoch + index)])
    }
    #expect(loader.counts.batches == order.count)
  }

  @Test func memoryIsBounded() throws {
    let numbers = Numbers(100)
    let loader = PrefetchingLoader(numbers, threads: 2, depth: 3)
    _ = try loader.batch(0, epoch: 0)
    numbers.wait(for: 4)
    #expect(numbers.made == 4)
    _ = try loader.batch(1, epoch: 0)
    numbers.wait(for: 5)
    #expect(numbers.made == 5)
  }

  @Test func anErrorComesWithItsBatch() throws {
    let loader = PrefetchingLoader(Numbers(4, failing: 2), threads: 2)
    #expect(throws: Never.self) { try loader.batch(0, epoch: 0) }
    #expect(throws: Never.self) { try loader.batch(1, epoch: 0) }
    let error = try #require(throws: DataError.self) { try loader.batch(2, epoch: 0) }
    #expect(error.place == "batch 2")
    #expect(throws: Never.self) { try loader.batch(3, epoch: 0) }
  }

  @Test func starvationIsCounted() throws {
    let slow = PrefetchingLoader(Numbers(4, delay: 0.02))
    for index in 0..<4 { _ = try slow.batch(index, epoch: 0) }
    #expect(slow.counts.waits >= 1)
    #expect(slow.counts.waited > .milliseconds(5))
    let numbers = Numbers(4)
    let fast = PrefetchingLoader(numbers)
    _ = try fast.batch(0, epoch: 0)
    numbers.wait(for: 3)
    let waits = fast.counts.waits
    _ = try fast.batch(1, epoch: 0)
    #expect(fast.counts.waits == waits)
  }

  @Test func cancellingEndsThreadsAndConsumers() throws {
    let numbers = Numbers(100, delay: 0.02)
    let loader = PrefetchingLoader(numbers, threads: 2)
    let outcome = Mutex<(any Error)?>(nil)
    let group = DispatchGroup()
    DispatchQueue.global().async(group: group) {
      do {
        for index in 0..<100 { _ = try loader.batch(index, epoch: 0) }
      } catch {
        outcome.withLock { $0 = error }
      }
    }
    Thread.sleep(forTimeInterval: 0.1)
    loader.cancel()
    group.wait()
    #expect(outcome.withLock { $0 is CancellationError })
    let made = numbers.made
    Thread.sleep(forTimeInterval: 0.1)
    #expect(numbers.made == made)
    #expect(throws: CancellationError.self) { try loader.batch(0, epoch: 0) }
  }

  @Test func aLoaderThatIsForgottenEndsItsThreads() throws {
    let numbers = Numbers(1000, delay: 0.002)
    do {
      let loader = PrefetchingLoader(numbers, threads: 2, depth: 500)
      _ = try loader.batch(0, epoch: 0)
    }
    let made = numbers.made
    Thread.sleep(forTimeInterval: 0.05)
    #expect(numbers.made == made)
  }
}
