public import SqueezeEngine
import SqueezeTensor

/// How long a model takes for one input, measured over many runs.
public struct Latency: Sendable, Hashable {
  /// The time of every run after the warm-up, in seconds, shortest first.
  public let sortedSeconds: [Double]

  /// The shortest time in seconds.
  public var minimum: Double { sortedSeconds.first ?? 0 }
  /// The median time in seconds.
  public var median: Double { quantile(0.5) }
  /// The time in seconds that 95 % of the runs stay within.
  public var p95: Double { quantile(0.95) }

  /// The time in seconds that a fraction of the runs stays within.
  public func quantile(_ fraction: Double) -> Double {
    guard !sortedSeconds.isEmpty else { return 0 }
    let position = fraction * Double(sortedSeconds.count - 1)
    let (lower, share) = (Int(position), position - position.rounded(.down))
    let upper = min(lower + 1, sortedSeconds.count - 1)
    return sortedSeconds[lower] * (1 - share) + sortedSeconds[upper] * share
  }

  /// Runs a compiled model on seeded random inputs and measures every run.
  ///
  /// - Parameters:
  ///   - compiled: the model to run.
  ///   - iterations: how many runs count.
  ///   - warmUp: how many runs come first and do not count.
  ///   - progress: called after every run with its number.
  /// - Throws: what a run throws.
  public init(
    of compiled: CompiledModel,
    iterations: Int,
    warmUp: Int = 5,
    progress: (_ run: Int) -> Void = { _ in }
  ) throws {
    precondition(iterations > 0, "\(iterations) iterations")
    var random = SeededGenerator(seed: 1)
    let session = compiled.makeSession()
    for (name, spec) in compiled.inputs.sorted(by: { $0.key < $1.key }) {
      try session.setInput(name, random.tensor(spec))
    }
    let clock = ContinuousClock()
    var times: [Double] = []
    for iteration in 0..<warmUp + iterations {
      let start = clock.now
      try session.run()
      let time = (clock.now - start).inSeconds
      if iteration >= warmUp {
        times.append(time)
        progress(times.count)
      }
    }
    sortedSeconds = times.sorted()
  }
}

extension Duration {
  /// The duration in seconds.
  public var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
