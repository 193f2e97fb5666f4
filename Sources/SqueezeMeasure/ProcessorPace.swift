import SqueezeEngine

/// How fast the processor is just now, beside the most it was ever measured to do.
///
/// Clocks change, and other programs share cores: on busy virtual machines the same work takes up to twice as long a
/// moment later. Work that only multiplies and adds in registers, done between runs, tells what they ran at.
struct ProcessorPace {
  private let set: InstructionSet
  private let iterations: Int
  /// The seconds that a sample takes at full pace.
  private let fullSeconds: Double
  private var samples: [Double] = []

  /// Prepares to sample one thread, whose full rate is in 10⁹ multiply–accumulates per second.
  init(_ set: InstructionSet, fullRate: Double) {
    self.set = set
    let perIteration = Double(ProbeKernels.multiplyAccumulate(set, iterations: 1))
    iterations = max(1, Int(Self.duration * fullRate * 1e9 / perIteration))
    fullSeconds = perIteration * Double(iterations) / (fullRate * 1e9)
  }

  /// About what a sample takes, in seconds: a small part of a run.
  private static let duration = 2e-4

  /// Takes a sample.
  mutating func sample() {
    let time = ContinuousClock().measure {
      _ = ProbeKernels.multiplyAccumulate(set, iterations: iterations)
    }
    samples.append(fullSeconds / max(time.inSeconds, 1e-9))
  }

  /// The median of all samples; 1 without any.
  var median: Double { samples.isEmpty ? 1 : samples.sorted()[samples.count / 2] }
}
