import Foundation
import SqueezeExperiments
import Testing

@Suite struct RunsTests {
  @Test func foldersAreNamedByTime() throws {
    let folder = try TemporaryFolder()
    let now = Date(timeIntervalSince1970: 1_767_225_600)
    let first = RunFolder.new(for: "le net/5", in: folder.url, now: now)
    #expect(first.name == "le-net-5-20260101-000000")
    try first.create()
    #expect(RunFolder.new(for: "le net/5", in: folder.url, now: now).name.hasSuffix("-000000-2"))
    #expect(!first.hasCheckpoint)
    try first.write("x", to: "last.checkpoint")
    try first.write("y", to: "notes.txt")
    #expect(first.hasCheckpoint)
    #expect(first.artefacts == [RunArtefact(path: "last.checkpoint", kind: "checkpoint", bytes: 1)])
  }

  @Test func findsTheLatestRunThatCanGoOn() throws {
    let folder = try TemporaryFolder()
    let database = try RunDatabase(folder: folder.url)
    for (index, name) in ["old", "new", "empty"].enumerated() {
      var run = try record(name)
      run.started = Date(timeIntervalSince1970: Double(index))
      try database.begin(run)
      let place = RunFolder(folder.url.appendingPathComponent(name))
      try place.create()
      if name != "empty" { try place.write("x", to: "last.checkpoint") }
    }
    #expect(RunFolder.latest(of: "test", in: folder.url)?.name == "new")
    #expect(RunFolder.latest(of: "other", in: folder.url) == nil)
  }

  @Test func identityDependsOnConfigCodeAndData() {
    let one = RunIdentity.hash(config: "a", version: "b", data: "c")
    #expect(one == RunIdentity.hash(config: "a", version: "b", data: "c"))
    #expect(one != RunIdentity.hash(config: "ab", version: "", data: "c"))
    #expect(one.count == 64)
  }

  @Test func fingerprintsSeeChangedData() throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appendingPathComponent("a.png")
    try Data([1, 2]).write(to: file)
    let before = RunIdentity.fingerprint(of: folder.url.path)
    #expect(before == RunIdentity.fingerprint(of: folder.url.path))
    try Data([1, 3]).write(to: file)
    #expect(before != RunIdentity.fingerprint(of: folder.url.path))
    #expect(RunIdentity.fingerprint(of: file.path) != RunIdentity.fingerprint(of: "/nowhere"))
  }

  @Test func comparesConfigs() throws {
    let comparison = RunComparison([try record("a", seed: 1), try record("b", seed: 2)])
    #expect(comparison.differences.map(\.key) == ["seed"])
    #expect(comparison.differences.first?.values == ["1", "2"])
    #expect(comparison.haveSameIdentity)
    #expect(!comparison.haveSameWeights)
    #expect(comparison.table.columns.map(\.title) == ["", "a", "b"])
  }

  @Test func drawsEpochsOrSteps() {
    let run = [
      RunMetric("test_error", step: 10, epoch: 1, value: 9),
      RunMetric("test_error", step: 20, epoch: 2, value: 5),
      RunMetric("loss", step: 1, epoch: 1, value: 2),
      RunMetric("loss", step: 2, epoch: 1, value: 1),
    ]
    let errors = RunPlot.chart("test_error", of: [("a", run), ("b", [])])
    #expect(errors.xLabel == "epoch")
    #expect(errors.series.map(\.name) == ["a"])
    #expect(errors.series[0].points == [.init(1, 9), .init(2, 5)])
    #expect(RunPlot.chart("loss", of: [("a", run)]).xLabel == "step")
  }
}
