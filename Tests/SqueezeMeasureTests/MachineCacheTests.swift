import Foundation
import SqueezeEngine
import SqueezeMeasure
import Testing

@Suite struct MachineCacheTests {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("squeeze-machine-\(UUID().uuidString)")

  /// A machine with limits for every instruction set and one thread.
  static func machine(_ processor: String) -> Machine {
    Machine(
      processor: processor,
      logicalProcessors: 1,
      peaks: InstructionSet.allCases.map {
        .init(instructionSet: $0.rawValue, threads: 1, gmacsPerSecond: 10)
      },
      levels: [.init(name: "DRAM", bytes: nil, threads: 1, gigabytesPerSecond: 5)],
      curve: [.init(workingSetBytes: 8_192, threads: 1, gigabytesPerSecond: 6)]
    )
  }

  @Test("what is stored comes back, for that processor only")
  func roundTrip() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let cache = MachineCache(folder: folder)
    #expect(cache.machine("A (R) 1") == nil)
    try cache.store(Self.machine("A (R) 1"))
    #expect(cache.machine("A (R) 1") == Self.machine("A (R) 1"))
    #expect(cache.machine("a-r-1") == nil)
    #expect(cache.file(for: "A (R) 1").lastPathComponent == "machine-a-r-1.json")
  }

  @Test("a damaged file and one of another version count as absent")
  func damage() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let cache = MachineCache(folder: folder)
    try cache.store(Self.machine("B"))
    let file = cache.file(for: "B")
    let text = try String(contentsOf: file, encoding: .utf8)
    try text.replacing(/"version" : \d+/, with: "\"version\" : 99")
      .write(to: file, atomically: true, encoding: .utf8)
    #expect(cache.machine("B") == nil)
    try "{".write(to: file, atomically: true, encoding: .utf8)
    #expect(cache.machine("B") == nil)
  }

  @Test("a machine is measured once, and again when asked to or for other threads")
  func measuresOnce() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let cache = MachineCache(folder: folder)
    var measured = 0
    func ask(threads: Int, renew: Bool = false) -> Machine {
      cache.thisMachine(threads: threads, renew: renew) { _ in
        measured += 1
        return Self.machine(cache.thisProcessor)
      }
    }
    _ = ask(threads: 1)
    #expect(ask(threads: 1) == Self.machine(cache.thisProcessor))
    #expect(measured == 1)
    _ = ask(threads: 1, renew: true)
    _ = ask(threads: 7)
    #expect(measured == 3)
  }

  @Test("choices among kernels come back and add up")
  func tunedChoices() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let cache = MachineCache(folder: folder)
    #expect(cache.tunedChoices(.v3, threads: 2).choices.isEmpty)
    try cache.store(TunedChoices(["a": "x", "b": "y"]), .v3, threads: 2)
    try cache.store(TunedChoices(["b": "z"]), .v3, threads: 2)
    #expect(cache.tunedChoices(.v3, threads: 2).choices == ["a": "x", "b": "z"])
    #expect(cache.tunedChoices(.v3, threads: 1).choices.isEmpty)
    #expect(cache.tunedChoices(.baseline, threads: 2).choices.isEmpty)
  }

  @Test("a short probe measures every instruction set and level")
  func probe() {
    let machine = MachineProbe(threads: 1, duration: 0.0005).measure()
    #expect(machine.peaks.count == InstructionSet.available.count)
    #expect(machine.peaks.allSatisfy { $0.gmacsPerSecond > 0 })
    #expect(machine.levels.last?.name == "DRAM")
    #expect(machine.levels.allSatisfy { $0.gigabytesPerSecond > 0 })
    #expect(machine.curve.map(\.workingSetBytes) == (13...27).map { 1 << $0 })
    for set in InstructionSet.available { #expect(machine.roofline(set, threads: 1) != nil) }
  }
}
