import SqueezeKernelsBaseline
import SqueezeKernelsV3
import SqueezeKernelsV4

/// Loops that do one thing as fast as a processor can, to learn what it can do.
public enum ProbeKernels {
  /// Multiplies and adds in registers; returns the multiply–accumulates done.
  ///
  /// - Precondition: this processor has the instruction set.
  public static func multiplyAccumulate(_ set: InstructionSet, iterations: Int) -> Int {
    precondition(set <= .widest, "\(set) on a processor with \(InstructionSet.widest)")
    let (x, y) = (AlignedBuffer<Float>(count: 32), AlignedBuffer<Float>(count: 512))
    return switch set {
    case .baseline: SqueezeKernelsBaseline.probeMultiplyAdds(x.pointer, y.pointer, iterations)
    case .v3: SqueezeKernelsV3.probeMultiplyAdds(x.pointer, y.pointer, iterations)
    case .v4: SqueezeKernelsV4.probeMultiplyAdds(x.pointer, y.pointer, iterations)
    }
  }

  /// Memory that is read over and over.
  public final class Memory: Sendable {
    private let floats: AlignedBuffer<Float>

    /// Takes some bytes, rounded down to 512, at least 512.
    public init(byteCount: Int) {
      floats = AlignedBuffer(count: max(1, byteCount / 512) * 128)
    }

    /// The bytes that one pass reads.
    public var byteCount: Int { floats.count * 4 }

    /// Reads everything some times over with the widest vectors this processor has.
    public func read(passes: Int) {
      let sums = AlignedBuffer<Float>(count: 16)
      switch InstructionSet.widest {
      case .baseline:
        SqueezeKernelsBaseline.probeRead(floats.pointer, sums.pointer, floats.count, passes)
      case .v3: SqueezeKernelsV3.probeRead(floats.pointer, sums.pointer, floats.count, passes)
      case .v4: SqueezeKernelsV4.probeRead(floats.pointer, sums.pointer, floats.count, passes)
      }
    }
  }
}
