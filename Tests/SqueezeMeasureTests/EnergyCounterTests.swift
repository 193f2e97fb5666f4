import Foundation
import SqueezeMeasure
import Testing

@Suite struct EnergyCounterTests {
  private func folder(_ values: [String: (energy: String, range: String)]) throws -> URL {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("energy-\(UUID().uuidString)")
    for (name, value) in values {
      let place = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      try Data(value.energy.utf8).write(to: place.appendingPathComponent("energy_uj"))
      try Data(value.range.utf8).write(to: place.appendingPathComponent("max_energy_range_uj"))
    }
    return folder
  }

  @Test func addsPackagesAndFollowsThemRound() throws {
    let folder = try folder([
      "intel-rapl:0": ("1000000\n", "5000000\n"), "intel-rapl:1": ("4000000\n", "5000000\n"),
      "intel-rapl:0:0": ("7\n", "5000000\n"),
    ])
    defer { try? FileManager.default.removeItem(at: folder) }
    let counter = try #require(EnergyCounter(folder: folder))
    let measured = try counter.joules {
      for (name, value) in ["intel-rapl:0": "3000000", "intel-rapl:1": "1000000"] {
        let file = folder.appendingPathComponent(name).appendingPathComponent("energy_uj")
        try Data(value.utf8).write(to: file)
      }
      return 5
    }
    // 2 J, and 2 J over the end of the counter.
    #expect(measured.joules == 4 && measured.result == 5)
  }

  @Test func isAbsentWhereThereIsNone() throws {
    #expect(EnergyCounter(folder: URL(fileURLWithPath: "/nowhere")) == nil)
    let folder = try folder(["intel-rapl:0": ("secret", "5")])
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(EnergyCounter(folder: folder) == nil)
  }
}
