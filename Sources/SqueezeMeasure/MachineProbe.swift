public import SqueezeEngine
import Foundation
import Synchronization

/// Measures what this machine can do: arithmetic per instruction set, and reading by size.
public struct MachineProbe: Sendable {
  /// The numbers of threads to measure.
  public var threadCounts: [Int]
  /// How long each measurement lasts, in seconds.
  public var duration: Double

  /// Creates a probe for one thread and for `threads`.
  public init(threads: Int, duration: Double = 0.04) {
    threadCounts = Set([1, max(1, threads)]).sorted()
    self.duration = duration
  }

  /// Measures; takes some seconds.
  public func measure() -> Machine {
    var machine = Machine(
      processor: Processor.name,
      logicalProcessors: ProcessInfo.processInfo.activeProcessorCount,
      peaks: [],
      levels: [],
      curve: []
    )
    let caches = Processor.caches
    for threads in threadCounts {
      let pool = ThreadPool(threadCount: threads)
      for set in InstructionSet.available {
        machine.peaks.append(
          .init(
            instructionSet: set.rawValue,
            threads: threads,
            gmacsPerSecond: multiplyRate(set, pool) * 1e-9
          )
        )
      }
      for bytes in Self.sizes {
        machine.curve.append(
          .init(
            workingSetBytes: bytes,
            threads: threads,
            gigabytesPerSecond: readRate(bytes, pool) * 1e-9
          )
        )
      }
      for cache in caches {
        // The third level is shared; half of a cache leaves room for all else.
        let isShared = cache.level == 3
        let bytes = min(cache.byteCount / 2 / (isShared ? threads : 1), Self.largest)
        machine.levels.append(
          .init(
            name: "L\(cache.level)",
            bytes: cache.byteCount * (isShared ? 1 : threads),
            threads: threads,
            gigabytesPerSecond: readRate(bytes, pool) * 1e-9
          )
        )
      }
      let last = caches.last?.byteCount ?? 0
      let bytes = min(max(2 * last, 128 << 20), 512 << 20) / threads
      machine.levels.append(
        .init(
          name: "DRAM",
          bytes: nil,
          threads: threads,
          gigabytesPerSecond: readRate(bytes, pool) * 1e-9
        )
      )
    }
    return machine
  }

  /// 8 KiB to 128 MiB.
  private static let sizes = (13...27).map { 1 << $0 }
  /// More of a third level than this is rarely ours alone.
  private static let largest = 16 << 20

  /// Multiply–accumulates per second of all threads together: the best of several tries.
  private func multiplyRate(_ set: InstructionSet, _ pool: ThreadPool) -> Double {
    let perIteration = ProbeKernels.multiplyAccumulate(set, iterations: 1)
    return best { work in
      let iterations = work * 1_000
      let time = Self.secondsTogether(pool) { _ in
        _ = ProbeKernels.multiplyAccumulate(set, iterations: iterations)
      }
      return (time, Double(perIteration * iterations * pool.threadCount))
    }
  }

  /// Bytes per second that all threads together read of `bytes` each.
  ///
  /// Much memory is read piece by piece in turns, so that one try stays short; when a piece's turn
  /// comes again, all others have been read in between.
  private func readRate(_ bytes: Int, _ pool: ThreadPool) -> Double {
    let pieces = max(1, bytes / Self.pieceBytes)
    let memories = (0..<pool.threadCount).map { _ in
      (0..<pieces).map { _ in ProbeKernels.Memory(byteCount: bytes / pieces) }
    }
    let unit = max(1, (64 << 10) / bytes)
    var turn = 0
    return best { work in
      let first = turn
      // Several passes over a piece would find it in a nearer cache.
      let (reads, passes) = pieces == 1 ? (1, work * unit) : (work, 1)
      turn += reads
      let time = Self.secondsTogether(pool) { thread in
        for read in first..<first + reads { memories[thread][read % pieces].read(passes: passes) }
      }
      return (time, Double(memories.count * memories[0][0].byteCount * reads * passes))
    }
  }

  private static let pieceBytes = 4 << 20

  /// The time in which all threads of a pool do their part, from when all of them are ready.
  private static func secondsTogether(
    _ pool: ThreadPool,
    _ body: (_ thread: Int) -> Void
  ) -> Double {
    let clock = ContinuousClock()
    let ready = Atomic<Int>(0)
    let span = Mutex<(start: ContinuousClock.Instant, end: ContinuousClock.Instant)?>(nil)
    let deadline = clock.now + .milliseconds(50)
    pool.forEach(pool.threadCount) { item, _ in
      ready.wrappingAdd(1, ordering: .sequentiallyConsistent)
      // A thread that does not come, because the machine is busy, is not waited for without end.
      while ready.load(ordering: .relaxed) < pool.threadCount, clock.now < deadline {}
      let start = clock.now
      body(item)
      let end = clock.now
      span.withLock { known in
        known = (min(known?.start ?? start, start), max(known?.end ?? end, end))
      }
    }
    guard let span = span.withLock({ $0 }) else { return 0 }
    return (span.end - span.start).inSeconds
  }

  /// The highest of several rates.
  ///
  /// Tries are short, so that on a busy machine some of them run undisturbed.
  ///
  /// - Parameter body: does some units of work; gives its time in seconds and its amount.
  /// - Returns: the amount per second.
  private func best(_ body: (_ work: Int) -> (time: Double, amount: Double)) -> Double {
    var work = 1
    var trial = body(work)
    while trial.time < duration / 80, work < 1 << 30 {
      work *= 2
      trial = body(work)
    }
    let clock = ContinuousClock()
    let end = clock.now + .seconds(duration)
    var rate = 0.0
    var tries = 0
    while tries < 8 || (clock.now < end && tries < 1_000) {
      trial = body(work)
      rate = max(rate, trial.amount / max(trial.time, 1e-9))
      tries += 1
    }
    return rate
  }
}
