public import Foundation

/// The folder of one run: its config, checkpoints, models, curves and report.
///
/// | file | what it is |
/// |---|---|
/// | `config.yaml` | the resolved config |
/// | `last.checkpoint`, `best.checkpoint` | where training goes on |
/// | `model.sqz`, `best.sqz` | the last and the best model |
/// | `events.out.tfevents.*` | curves for TensorBoard |
/// | `result.json` | the final numbers |
/// | `report.html` | everything on one page |
public struct RunFolder: Sendable, Hashable {
  /// The folder.
  public var url: URL

  /// Names a folder; nothing is written yet.
  public init(_ url: URL) { self.url = url.standardizedFileURL }

  /// A new folder `<name>-<date-time>` among others, its time in UTC.
  public static func new(for name: String, in folder: URL, now: Date = Date()) -> RunFolder {
    let safe = String(
      name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "-" }
    )
    let base = "\(safe)-\(stamp(now))"
    var url = folder.appendingPathComponent(base)
    var number = 2
    while FileManager.default.fileExists(atPath: url.path) {
      url = folder.appendingPathComponent("\(base)-\(number)")
      number += 1
    }
    return RunFolder(url)
  }

  /// The latest folder of an experiment that has a checkpoint, or `nil`.
  public static func latest(of name: String, in folder: URL) -> RunFolder? {
    guard let database = try? RunDatabase(folder: folder), let runs = try? database.runs() else {
      return nil
    }
    return runs.lazy.filter { $0.experiment == name }
      .map { RunFolder(folder.appendingPathComponent($0.name)) }
      .first { $0.hasCheckpoint }
  }

  /// The name, unique among the runs beside it.
  public var name: String { url.lastPathComponent }
  /// The folder of all runs.
  public var parent: URL { url.deletingLastPathComponent() }
  /// Whether training can go on from here.
  public var hasCheckpoint: Bool {
    FileManager.default.fileExists(atPath: file("last.checkpoint").path)
  }

  /// A file of the run.
  public func file(_ name: String) -> URL { url.appendingPathComponent(name) }

  /// Makes the folder.
  ///
  /// - Throws: the file system's error.
  public func create() throws {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  /// Writes a text as one of the run's files.
  public func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: file(name), options: .atomic)
  }

  /// What the run has made so far.
  public var artefacts: [RunArtefact] {
    let kinds = [
      "config.yaml": "config", "last.checkpoint": "checkpoint", "best.checkpoint": "checkpoint",
      "model.sqz": "model", "best.sqz": "model", "result.json": "result", "report.html": "report",
    ]
    let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
    return names.sorted().compactMap { name in
      let kind = kinds[name] ?? (name.hasPrefix("events.out.tfevents") ? "curves" : nil)
      guard let kind else { return nil }
      let attributes = try? FileManager.default.attributesOfItem(atPath: file(name).path)
      return RunArtefact(path: name, kind: kind, bytes: attributes?[.size] as? Int ?? 0)
    }
  }

  private static func stamp(_ date: Date) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(secondsFromGMT: 0)
    formatter.dateFormat = "yyyyMMdd-HHmmss"
    return formatter.string(from: date)
  }
}
