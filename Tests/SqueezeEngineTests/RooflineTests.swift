import SqueezeEngine
import Testing

/// A made-up machine: 100 GMAC/s, 10, 5, 2 and 1 thousand bytes per nanosecond.
@Suite struct RooflineTests {
  static let levels = [
    Machine.Level(name: "L1", bytes: 1_000, threads: 1, gigabytesPerSecond: 100),
    Machine.Level(name: "L2", bytes: 10_000, threads: 1, gigabytesPerSecond: 50),
    Machine.Level(name: "L3", bytes: 100_000, threads: 1, gigabytesPerSecond: 20),
    Machine.Level(name: "DRAM", bytes: nil, threads: 1, gigabytesPerSecond: 10),
  ]
  static let roofline = Roofline(peakGMACsPerSecond: 100, levels: levels)

  struct Case: Sendable {
    var macs: Int
    var activations: Int
    var weights: Int
    var run: Int
    var bound: String
    var nanoseconds: Double
  }

  static let cases = [
    // 10⁶ MACs at 100 per nanosecond.
    Case(
      macs: 1_000_000,
      activations: 500,
      weights: 100,
      run: 600,
      bound: "compute",
      nanoseconds: 10_000
    ),
    // Bytes from the smallest level that holds them.
    Case(macs: 0, activations: 1_000, weights: 0, run: 1_000, bound: "L1", nanoseconds: 10),
    Case(macs: 0, activations: 1_001, weights: 0, run: 1_001, bound: "L2", nanoseconds: 20.02),
    Case(macs: 0, activations: 50_000, weights: 0, run: 50_000, bound: "L3", nanoseconds: 2_500),
    Case(macs: 0, activations: 200_000, weights: 0, run: 0, bound: "DRAM", nanoseconds: 20_000),
    // Weights come from where the whole run fits, activations from where the step fits.
    Case(macs: 100, activations: 500, weights: 400, run: 1 << 30, bound: "DRAM", nanoseconds: 45),
    Case(macs: 100, activations: 900, weights: 50, run: 1 << 30, bound: "L1", nanoseconds: 14),
    Case(macs: 0, activations: 0, weights: 0, run: 1 << 30, bound: "none", nanoseconds: 0),
  ]

  @Test("a step is bound by arithmetic or by the level its bytes come from", arguments: cases)
  func classifies(_ test: Case) {
    let work = Roofline.Work(
      macs: test.macs,
      activationBytes: test.activations,
      weightBytes: test.weights,
      runBytes: test.run
    )
    let limit = Self.roofline.limit(of: work)
    #expect(limit.bound == test.bound)
    #expect(abs(limit.seconds * 1e9 - test.nanoseconds) < 1e-6 * max(1, test.nanoseconds))
  }

  @Test("a machine knows only the limits that were measured")
  func limitsOfAMachine() {
    let machine = Machine(
      processor: "made up",
      logicalProcessors: 2,
      peaks: [.init(instructionSet: "v3", threads: 1, gmacsPerSecond: 7)],
      levels: Self.levels,
      curve: []
    )
    #expect(machine.roofline(.v3, threads: 1)?.peakGMACsPerSecond == 7)
    #expect(machine.roofline(.v3, threads: 2) == nil)
    #expect(machine.roofline(.baseline, threads: 1) == nil)
  }

  @Test("probes do what they say", arguments: InstructionSet.available)
  func probes(_ set: InstructionSet) {
    let one = ProbeKernels.multiplyAccumulate(set, iterations: 1)
    #expect(one > 0 && one % 16 == 0)
    #expect(ProbeKernels.multiplyAccumulate(set, iterations: 10) == 10 * one)
    let memory = ProbeKernels.Memory(byteCount: 5_000)
    #expect(memory.byteCount == 4_608)
    memory.read(passes: 2)
  }
}
