import CSqueezeKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The vector instructions a set of kernels was compiled for.
public enum InstructionSet: String, Sendable, Hashable, CaseIterable, Comparable {
  /// What every processor of the platform has: SSE2 or NEON.
  case baseline
  /// x86-64-v3: AVX2 and FMA.
  case v3
  /// x86-64-v4: AVX-512.
  case v4
  /// x86-64-v4 with VNNI, BF16, VBMI and VPOPCNTDQ: dot products of bytes, of bfloat16 and of bits.
  case v4vnni

  /// The widest set this processor has.
  public static var widest: InstructionSet {
    switch sq_processor_level() {
    case 5: .v4vnni
    case 4: .v4
    case 3: .v3
    default: .baseline
    }
  }

  /// Every set this processor has, narrowest first.
  public static var available: [InstructionSet] { allCases.filter { $0 <= widest } }

  /// The set that the environment variable `SQUEEZE_ISA` forces, else the widest.
  ///
  /// - Throws: ``EngineError`` where the variable names no set or one this processor lacks.
  public static func chosen() throws(EngineError) -> InstructionSet {
    guard let value = getenv("SQUEEZE_ISA").map({ String(cString: $0) }), !value.isEmpty else {
      return widest
    }
    return try named(value)
  }

  /// The set of a name, if this processor has it.
  ///
  /// - Throws: ``EngineError`` where the name means no set or one this processor lacks.
  public static func named(_ name: String) throws(EngineError) -> InstructionSet {
    let names = available.map(\.rawValue).joined(separator: ", ")
    guard let set = InstructionSet(rawValue: name), set <= widest else {
      throw .instructionSet(expected: "one of \(names)", actual: name)
    }
    return set
  }

  public static func < (a: InstructionSet, b: InstructionSet) -> Bool { a.order < b.order }

  private var order: Int {
    switch self {
    case .baseline: 0
    case .v3: 1
    case .v4: 2
    case .v4vnni: 3
    }
  }
}
