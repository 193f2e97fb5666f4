public import Foundation
import GRDB

/// Every run of a folder: `runs.sqlite` beside the runs' folders.
///
/// The database keeps a write-ahead log, so that a killed process leaves what it had committed, and
/// several processes may train and read at the same time.
public final class RunDatabase: Sendable {
  /// The file's name.
  public static let fileName = "runs.sqlite"
  /// The folder of runs.
  public let folder: URL
  private let queue: DatabaseQueue

  /// Opens the database of a folder of runs, and makes or updates it where needed.
  ///
  /// - Throws: ``RunError`` where the file is no database or cannot be written.
  public init(folder: URL) throws(RunError) {
    self.folder = folder
    let file = folder.appendingPathComponent(Self.fileName)
    var configuration = Configuration()
    configuration.journalMode = .wal
    configuration.busyMode = .timeout(20)
    configuration.foreignKeysEnabled = true
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      queue = try Self.open(file, configuration)
    } catch {
      throw Self.failure(file.path, error)
    }
  }

  /// Opens a file, again where another run made or updated it at the same moment.
  private static func open(_ file: URL, _ configuration: Configuration) throws -> DatabaseQueue {
    var attempt = 1
    while true {
      do {
        let queue = try DatabaseQueue(path: file.path, configuration: configuration)
        try migrator.migrate(queue)
        return queue
      } catch let error as DatabaseError
        where [.SQLITE_BUSY, .SQLITE_ERROR].contains(error.resultCode) && attempt < 5
      {
        Thread.sleep(forTimeInterval: 0.05 * Double(attempt))
        attempt += 1
      }
    }
  }

  /// Whether a folder has a database of runs.
  public static func exists(in folder: URL) -> Bool {
    FileManager.default.fileExists(atPath: folder.appendingPathComponent(fileName).path)
  }

  // MARK: - Writing

  /// Adds a run, or begins one of the same name again.
  public func begin(_ run: RunRecord) throws(RunError) {
    try write { database in
      try database.execute(
        sql: """
          INSERT INTO run (name, experiment, config, identity, version, data, machine, threads, seed,
            state, started, process) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'running', ?, ?)
          ON CONFLICT (name) DO UPDATE SET experiment = excluded.experiment,
            config = excluded.config, identity = excluded.identity, version = excluded.version,
            data = excluded.data, machine = excluded.machine, threads = excluded.threads,
            seed = excluded.seed, state = 'running', reason = NULL, ended = NULL,
            process = excluded.process
          """,
        arguments: [
          run.name, run.experiment, run.config, run.identity, run.version, run.data, run.machine,
          run.threads, "\(run.seed)", run.started.timeIntervalSince1970, run.process,
        ]
      )
    }
  }

  /// Forgets metrics after a step: a run that goes on writes them again.
  public func forget(_ name: String, after step: Int) throws(RunError) {
    try write { database in
      try database.execute(
        sql: "DELETE FROM metric WHERE step > ? AND run = (SELECT id FROM run WHERE name = ?)",
        arguments: [step, name]
      )
    }
  }

  /// Adds metrics in one transaction.
  public func add(_ metrics: [RunMetric], to name: String) throws(RunError) {
    guard !metrics.isEmpty else { return }
    try write { database in
      guard let id = try Self.id(of: name, database) else { return }
      let statement = try database.makeStatement(
        sql: "INSERT OR REPLACE INTO metric (run, name, step, epoch, value) VALUES (?, ?, ?, ?, ?)"
      )
      for metric in metrics {
        // SQLite has no NaN; a value that is none is kept as a gap.
        let value: Double? = metric.value.isNaN ? nil : metric.value
        try statement.execute(arguments: [id, metric.name, metric.step, metric.epoch, value])
      }
    }
  }

  /// Writes down how a run ended.
  public func end(_ run: RunRecord, artefacts: [RunArtefact]) throws(RunError) {
    try write { database in
      try database.execute(
        sql: """
          UPDATE run SET state = ?, reason = ?, ended = ?, process = NULL, epochs = ?, steps = ?,
            seconds = ?, samples_per_second = ?, test_error = ?, test_loss = ?, best_test_error = ?,
            weights_sha256 = ? WHERE name = ?
          """,
        arguments: [
          run.state.rawValue, run.reason, run.ended?.timeIntervalSince1970, run.epochs, run.steps,
          run.seconds, run.samplesPerSecond, run.testError, run.testLoss, run.bestTestError,
          run.weightsHash, run.name,
        ]
      )
      guard let id = try Self.id(of: run.name, database) else { return }
      try database.execute(sql: "DELETE FROM artefact WHERE run = ?", arguments: [id])
      for artefact in artefacts {
        try database.execute(
          sql: "INSERT INTO artefact (run, path, kind, bytes) VALUES (?, ?, ?, ?)",
          arguments: [id, artefact.path, artefact.kind, artefact.bytes]
        )
      }
    }
  }

  // MARK: - Reading

  /// Every run, the newest first.
  public func runs() throws(RunError) -> [RunRecord] {
    try read { try Row.fetchAll($0, sql: "SELECT * FROM run ORDER BY started DESC, id DESC") }
      .map(Self.record)
  }

  /// The run of a name, or the only one whose name begins or experiment is so.
  ///
  /// - Throws: ``RunError`` that lists what there is.
  public func run(_ name: String) throws(RunError) -> RunRecord {
    let all = try runs()
    let trimmed = URL(fileURLWithPath: name).lastPathComponent
    if let exact = all.first(where: { $0.name == trimmed }) { return exact }
    let near = all.filter { $0.name.hasPrefix(trimmed) }
    if near.count == 1 { return near[0] }
    let names = (near.isEmpty ? all : near).prefix(10).map(\.name).joined(separator: ", ")
    throw RunError(
      folder.appendingPathComponent(Self.fileName).path,
      expected: near.isEmpty ? "a run" : "one run",
      actual: near.isEmpty
        ? "no \"\(trimmed)\" among \(names.isEmpty ? "no runs" : names)" : names
    )
  }

  /// The metrics of a run by step; one name only where `metric` says so.
  public func metrics(of name: String, named metric: String? = nil) throws(RunError) -> [RunMetric]
  {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT metric.name, step, epoch, value FROM metric JOIN run ON run.id = metric.run
          WHERE run.name = ? AND (? IS NULL OR metric.name = ?) ORDER BY metric.name, step
          """,
        arguments: [name, metric, metric]
      )
    }.map {
      RunMetric($0["name"], step: $0["step"], epoch: $0["epoch"], value: $0["value"] ?? .nan)
    }
  }

  /// The files of a run.
  public func artefacts(of name: String) throws(RunError) -> [RunArtefact] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT path, kind, bytes FROM artefact JOIN run ON run.id = artefact.run
          WHERE run.name = ? ORDER BY path
          """,
        arguments: [name]
      )
    }.map { RunArtefact(path: $0["path"], kind: $0["kind"], bytes: $0["bytes"]) }
  }

  // MARK: - Helpers

  private static func id(of name: String, _ database: Database) throws -> Int64? {
    try Int64.fetchOne(database, sql: "SELECT id FROM run WHERE name = ?", arguments: [name])
  }

  private static func record(_ row: Row) -> RunRecord {
    let seed: String = row["seed"]
    var run = RunRecord(
      name: row["name"],
      experiment: row["experiment"],
      config: row["config"],
      identity: row["identity"],
      version: row["version"],
      data: row["data"],
      machine: row["machine"],
      threads: row["threads"],
      seed: UInt64(seed) ?? 0,
      started: Date(timeIntervalSince1970: row["started"]),
      process: row["process"]
    )
    let state: String = row["state"]
    run.state = RunRecord.State(rawValue: state) ?? .failed
    run.reason = row["reason"]
    let ended: Double? = row["ended"]
    run.ended = ended.map { Date(timeIntervalSince1970: $0) }
    run.epochs = row["epochs"]
    run.steps = row["steps"]
    run.seconds = row["seconds"]
    run.samplesPerSecond = row["samples_per_second"]
    run.testError = row["test_error"]
    run.testLoss = row["test_loss"]
    run.bestTestError = row["best_test_error"]
    run.weightsHash = row["weights_sha256"]
    if run.state == .running, let process = run.process, !RunProcess.isAlive(process) {
      run.state = .killed
    }
    return run
  }

  private func write(_ change: (Database) throws -> Void) throws(RunError) {
    do { try queue.write(change) } catch { throw Self.failure(queue.path, error) }
  }

  private func read<T>(_ query: (Database) throws -> T) throws(RunError) -> T {
    do { return try queue.read(query) } catch { throw Self.failure(queue.path, error) }
  }

  private static func failure(_ file: String, _ error: any Error) -> RunError {
    let reason = (error as? DatabaseError)?.message ?? "\(error)"
    return RunError(file, expected: "a database of runs that can be written", actual: reason)
  }
}
