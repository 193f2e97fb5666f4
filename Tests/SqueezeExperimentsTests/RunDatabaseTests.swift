import Foundation
import GRDB
import SqueezeExperiments
import Synchronization
import Testing

@Suite struct RunDatabaseTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private var metrics: [RunMetric] {
    (1...5).map { RunMetric("loss", step: $0, epoch: 1, value: 1 / Double($0)) }
      + [RunMetric("test_error", step: 5, epoch: 1, value: 2.5)]
  }

  @Test func remembersARun() throws {
    let database = try RunDatabase(folder: folder.url)
    var run = try record("a", seed: UInt64(Int.max))
    try database.begin(run)
    try database.add(metrics, to: "a")
    run.state = .finished
    run.ended = Date(timeIntervalSince1970: 1_000_100)
    (run.epochs, run.steps, run.seconds) = (1, 5, 100)
    (run.testError, run.testLoss, run.bestTestError) = (2.5, 0.1, 2.25)
    (run.samplesPerSecond, run.weightsHash) = (123, "abc")
    try database.end(run, artefacts: [RunArtefact(path: "model.sqz", kind: "model", bytes: 7)])

    let again = try RunDatabase(folder: folder.url)
    run.process = nil
    #expect(try again.runs() == [run])
    #expect(try again.metrics(of: "a") == metrics)
    #expect(try again.metrics(of: "a", named: "test_error").map(\.value) == [2.5])
    #expect(try again.artefacts(of: "a").map(\.path) == ["model.sqz"])
  }

  /// Ranks and workers of a search begin their first runs in a new folder at the same moment.
  @Test func opensWhereOthersMakeIt() throws {
    let folder = folder.url
    let errors = Mutex<[String]>([])
    for round in 0..<100 {
      DispatchQueue.concurrentPerform(iterations: 4) { _ in
        do {
          let database = try RunDatabase(folder: folder.appendingPathComponent("\(round)"))
          #expect(try database.runs().isEmpty)
        } catch {
          errors.withLock { $0.append("\(error)") }
        }
      }
    }
    #expect(errors.withLock { $0 } == [])
  }

  @Test func forgetsWhatIsTrainedAgain() throws {
    let database = try RunDatabase(folder: folder.url)
    try database.begin(try record("a"))
    try database.add(metrics, to: "a")
    try database.begin(try record("a"))
    try database.forget("a", after: 3)
    #expect(try database.metrics(of: "a").map(\.step) == [1, 2, 3])
    try database.add([RunMetric("loss", step: 4, epoch: 1, value: .nan)], to: "a")
    #expect(try database.metrics(of: "a").last?.value.isNaN == true)
    #expect(try database.runs().count == 1)
  }

  @Test("a run whose process is gone counts as killed")
  func seesKilledRuns() throws {
    let database = try RunDatabase(folder: folder.url)
    try database.begin(try record("gone", process: 2_000_000_000))
    try database.begin(try record("here", process: RunProcess.own))
    #expect(try database.run("gone").state == .killed)
    #expect(try database.run("here").state == .running)
  }

  @Test func findsRunsByTheirBeginning() throws {
    let database = try RunDatabase(folder: folder.url)
    for name in ["lenet-1", "lenet-2", "resnet-1"] { try database.begin(try record(name)) }
    #expect(try database.run("resnet").name == "resnet-1")
    #expect(try database.run("runs/lenet-2").name == "lenet-2")
    for name in ["lenet", "vgg"] {
      do throws(RunError) {
        _ = try database.run(name)
        Issue.record("\(name) was found")
      } catch {
        #expect("\(error)".contains("lenet-1"))
      }
    }
  }

  @Test("several connections write at once, and a copy without the log's end still opens")
  func keepsAWriteAheadLog() throws {
    let (one, two) = (
      try RunDatabase(folder: folder.url), try RunDatabase(folder: folder.url)
    )
    try one.begin(try record("a"))
    try two.begin(try record("b"))
    for step in 0..<50 {
      try one.add([RunMetric("loss", step: step, epoch: 1, value: 1)], to: "a")
      try two.add([RunMetric("loss", step: step, epoch: 1, value: 2)], to: "b")
    }
    // What a killed process leaves: the files as they lie there, the log cut in the middle of a page.
    let copy = try TemporaryFolder()
    for name in ["runs.sqlite", "runs.sqlite-wal"] {
      var data = try Data(contentsOf: folder.url.appendingPathComponent(name))
      if name.hasSuffix("wal") {
        #expect(data.count > 4096)
        data = data.prefix(data.count - 1000)
      }
      try data.write(to: copy.url.appendingPathComponent(name))
    }
    let left = try RunDatabase(folder: copy.url)
    #expect(try left.runs().count == 2)
    #expect(try left.metrics(of: "a").count >= 49)
  }

  @Test func refusesOtherFiles() throws {
    let file = folder.url.appendingPathComponent(RunDatabase.fileName)
    try Data(repeating: 7, count: 5000).write(to: file)
    #expect(throws: RunError.self) { try RunDatabase(folder: folder.url) }
  }

  @Test func migratesOnlyForward() throws {
    let queue = try DatabaseQueue()
    try RunDatabase.migrator.migrate(queue)
    try RunDatabase.migrator.migrate(queue)
    let tables = try queue.read { database in
      try String.fetchAll(
        database,
        sql: "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
      )
    }
    #expect(tables.contains("run") && tables.contains("metric") && tables.contains("artefact"))
  }
}
