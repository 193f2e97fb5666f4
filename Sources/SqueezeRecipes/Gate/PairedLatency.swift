import SqueezeEngine
public import SqueezeGraph
import SqueezeMeasure
import SqueezeTensor

/// How long two models take for one input on this machine, run in turn so that both see the same noise.
public struct PairedLatency: Sendable, Hashable {
  /// The medians in seconds.
  public var before: Double
  public var after: Double
  /// The runs of each.
  public var runs: Int

  /// Runs both models alternately on seeded random inputs of batch 1.
  ///
  /// - Parameters:
  ///   - before: the original.
  ///   - after: the compressed model, on grids where it has them.
  ///   - threads: how many share the work of one run.
  ///   - seconds: about how long to measure.
  /// - Throws: what compiling and running throw.
  public init(_ before: Model, _ after: Model, threads: Int, seconds: Double = 2) throws {
    let sessions = try [before, after].map { model in
      let compiled = try CompiledModel(
        model,
        shapes: model.shapes(batch: 1),
        threadCount: threads,
        precision: model.runPrecision
      )
      let session = compiled.makeSession()
      var random = SeededGenerator(seed: 1)
      for (name, spec) in compiled.inputs.sorted(by: { $0.key < $1.key }) {
        try session.setInput(name, random.tensor(spec))
      }
      return session
    }
    let clock = ContinuousClock()
    var times: [[Double]] = [[], []]
    for _ in 0..<Self.warmUp { for session in sessions { try session.run() } }
    let begin = clock.now
    while times[0].count < Self.fewest
      || (clock.now - begin).inSeconds < seconds && times[0].count < Self.most
    {
      for (index, session) in sessions.enumerated() {
        let start = clock.now
        try session.run()
        times[index].append((clock.now - start).inSeconds)
      }
    }
    let medians = times.map { $0.sorted()[$0.count / 2] }
    (self.before, self.after, runs) = (medians[0], medians[1], times[0].count)
  }

  /// How many times faster the model after is.
  public var speedup: Double { after > 0 ? before / after : 0 }

  private static let warmUp = 5
  private static let fewest = 21
  private static let most = 2001
}
