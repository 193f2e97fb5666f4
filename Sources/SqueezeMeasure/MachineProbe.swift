public import SqueezeEngine
import Foundation

/// Measures what this machine can do: arithmetic per instruction set, and reading by size.
public struct MachineProbe: Sendable {
  /// The numbers of threads to measure.
  public var threadCounts: [Int]
  /// How long each measurement lasts, in seconds.
  public var duration: Double

  /// Creates a probe for one thread and for `threads`.
  public init(threads: Int, duration: Double = 0.02) {
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
    best { work in
      let iterations = work * 1_000
      pool.forEach(pool.threadCount) { _, _ in
        _ = ProbeKernels.multiplyAccumulate(set, iterations: iterations)
      }
      let done = ProbeKernels.multiplyAccumulate(set, iterations: 1)
      return Double(done * iterations * pool.threadCount)
    }
  }

  /// Bytes per second that all threads together read of `bytes` each.
  private func readRate(_ bytes: Int, _ pool: ThreadPool) -> Double {
    let memories = (0..<pool.threadCount).map { _ in ProbeKernels.Memory(byteCount: bytes) }
    let unit = max(1, (64 << 10) / bytes)
    return best { work in
      pool.forEach(pool.threadCount) { item, _ in memories[item].read(passes: work * unit) }
      return Double(memories.reduce(0) { $0 + $1.byteCount } * work * unit)
    }
  }

  /// The highest of several rates, each measured over the probe's duration.
  ///
  /// - Parameter body: does some units of work and returns its amount.
  /// - Returns: the amount per second.
  private func best(_ body: (_ work: Int) -> Double) -> Double {
    let clock = ContinuousClock()
    func seconds(_ work: Int) -> (time: Double, amount: Double) {
      let start = clock.now
      let amount = body(work)
      return ((clock.now - start).inSeconds, amount)
    }
    var work = 1
    var trial = seconds(work)
    while trial.time < duration / 2, work < 1 << 30 {
      work *= 2
      trial = seconds(work)
    }
    var rate = trial.amount / max(trial.time, 1e-9)
    for _ in 0..<8 {
      let next = seconds(work)
      rate = max(rate, next.amount / max(next.time, 1e-9))
    }
    return rate
  }
}
