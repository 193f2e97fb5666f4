public import SqueezeDesign
public import SqueezeEngine

extension Hardware {
  /// This machine as it was measured: arithmetic of one instruction set, and every level of memory; `nil` where it was
  /// not measured for them.
  ///
  /// - Parameters:
  ///   - machine: what a probe found.
  ///   - set: the instruction set.
  ///   - threads: how many threads work.
  public init?(_ machine: Machine, _ set: InstructionSet, threads: Int) {
    guard let roofline = machine.roofline(set, threads: threads) else { return nil }
    self.init(
      name: "this",
      title: machine.processor,
      kind: .cpu,
      year: 0,
      source: "measured with \(set.rawValue) on \(threads) threads",
      gigaoperationsPerSecond: [.float32: 2 * roofline.peakGMACsPerSecond],
      levels: roofline.levels.map {
        Level($0.name, bytes: $0.bytes, gigabytesPerSecond: $0.gigabytesPerSecond)
      },
      isMeasured: true
    )
  }
}
