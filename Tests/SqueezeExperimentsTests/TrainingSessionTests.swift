import Foundation
import SqueezeData
import SqueezeExperiments
import SqueezeFormats
import SqueezeTrain
import Testing

/// Whole trainings on pictures of two classes, tiny so that the reference runtime is quick.
@Suite struct TrainingSessionTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Draws `count` pictures of each class for each split: horizontal and vertical stripes.
  private func drawPictures(_ splits: [String: Int] = ["train": 12, "test": 4]) throws {
    for (split, count) in splits {
      for (label, direction) in [("flat", 0.0), ("upright", 90)] {
        let path = folder.url.appendingPathComponent("data/\(split)/\(label)")
        try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
        for number in 0..<count {
          let seed = UInt64(number + (split == "train" ? 0 : 1000) + (label == "flat" ? 0 : 500))
          try ImageFile.save(
            StripePictures.draw(direction: direction, size: 8, seed: seed),
            to: path.appendingPathComponent("\(number).png").path
          )
        }
      }
    }
  }

  private func config(_ more: String = "", data: String = "") throws -> ExperimentConfig {
    try ExperimentConfig(
      """
      network:
        input: [3, 8, 8]
        layers:
          - {kind: conv, channels: 4, kernel: 3}
          - bn
          - relu
          - global_pool
          - flatten
          - {kind: fc, features: 2}
          - softmax
      data: {path: data, mean: [0.5], deviation: [0.25]\(data)}
      optimizer: {name: sgd, rate: 0.1, momentum: 0.9}
      epochs: 3
      batch: 8
      threads: 1
      \(more)
      """,
      file: "stripes.yaml",
      folder: folder.url
    )
  }

  private func run(_ name: String) -> RunFolder {
    RunFolder(folder.url.appendingPathComponent("runs/\(name)"))
  }

  /// The message of what a training throws.
  private func message(_ config: ExperimentConfig, _ name: String = "x") -> String {
    do {
      _ = try TrainingSession(config).run(in: run(name))
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test("a run leaves models, curves, a report and a row in the database")
  func leavesEverything() throws {
    try drawPictures()
    let summary = try TrainingSession(config("checkpoints: {best: error}")).run(in: run("a"))
    #expect(summary.epochs == 3)
    #expect(summary.steps == 9)
    #expect(summary.end == "finished")
    let error = try #require(summary.testError)
    #expect((0...100).contains(error))
    #expect(summary.bestTestError.map { $0 <= error } == true)

    let made = Set(run("a").artefacts.map(\.kind))
    #expect(made == ["config", "checkpoint", "model", "curves", "result", "report"])
    let model = try ModelFile.load(run("a").file("model.sqz"))
    #expect(model.weightsHash == summary.weightsHash)
    #expect(model.labels == ["flat", "upright"])
    let report = try String(contentsOf: run("a").file("report.html"), encoding: .utf8)
    for text in ["Confusion", "Epochs", "data:image/png;base64,", "upright", "momentum: 0.9"] {
      #expect(report.contains(text), "\(text)")
    }
    #expect(!report.contains("http://") && !report.contains("https://"))
    // The resolved config does the same again.
    let again = try ExperimentConfig(contentsOf: run("a").file("config.yaml"))
    #expect(again.seed == 1)

    let database = try RunDatabase(folder: run("a").parent)
    let record = try database.run("a")
    #expect(record.state == .finished)
    #expect(record.weightsHash == summary.weightsHash)
    #expect(try database.metrics(of: "a", named: "loss").count == 9)
    #expect(try database.metrics(of: "a", named: "test_error").map(\.epoch) == [1, 2, 3])
    #expect(try database.artefacts(of: "a").contains { $0.path == "report.html" })
  }

  @Test("stopped and resumed, weights are those of a run that was not")
  func resumes() throws {
    try drawPictures()
    let whole = try TrainingSession(config()).run(in: run("whole"))
    var steps = 0
    let stopped = try TrainingSession(config()).run(
      in: run("parts"),
      observe: { if case .step = $0 { steps += 1 } },
      shouldStop: { steps == 4 }
    )
    #expect(stopped.end == "stopped")
    #expect(stopped.steps == 4)
    #expect(try RunDatabase(folder: run("parts").parent).run("parts").state == .stopped)
    let resumed = try TrainingSession(config()).run(in: run("parts"), resume: true)
    #expect(resumed.weightsHash == whole.weightsHash)
    let database = try RunDatabase(folder: run("parts").parent)
    #expect(
      try database.metrics(of: "parts", named: "loss").map(\.value)
        == database.metrics(of: "whole", named: "loss").map(\.value)
    )
    #expect(try database.run("parts").state == .finished)
  }

  @Test("a teacher's answers are learned from; one that is no file is refused by its line")
  func learnsFromTeacher() throws {
    try drawPictures()
    let plain = try TrainingSession(config()).run(in: run("plain"))
    let path = run("plain").file("model.sqz").path
    let taught = try TrainingSession(config("teacher: {model: \(path), share: 0.5}"))
      .run(in: run("taught"))
    #expect(taught.weightsHash != plain.weightsHash)
    #expect(message(try config("teacher: lenet-5")).contains("stripes.yaml:16"))
  }

  @Test("a seed changes the weights, a thread count does not")
  func isRepeatable() throws {
    try drawPictures()
    var seeded = try config("augment: [flip, {name: crop, padding: 1}]")
    seeded.epochs = 1
    var other = seeded
    other.threads = 2
    let first = try TrainingSession(seeded).run(in: run("one"))
    #expect(try TrainingSession(other).run(in: run("two")).weightsHash == first.weightsHash)
    seeded.seed = 2
    #expect(try TrainingSession(seeded).run(in: run("three")).weightsHash != first.weightsHash)
  }

  // MARK: - What goes wrong

  @Test("an unreadable picture ends the training, or is skipped and counted")
  func handlesUnreadablePictures() throws {
    try drawPictures()
    let broken = folder.url.appendingPathComponent("data/train/flat/3.png")
    try Data("no picture".utf8).write(to: broken)
    #expect(message(try config()).contains("3.png"))
    let record = try RunDatabase(folder: run("x").parent).run("x")
    #expect(record.state == .failed)
    #expect(record.reason?.contains("3.png") == true)

    let summary = try TrainingSession(config(data: ", unreadable: skip")).run(in: run("skips"))
    #expect(summary.skippedSamples == 1)
    #expect(summary.remarks.contains { $0.contains("3.png") })
    let report = try String(contentsOf: run("skips").file("report.html"), encoding: .utf8)
    #expect(report.contains("1 samples could not be read"))
  }

  @Test func namesWrongLabels() throws {
    let data = folder.url.appendingPathComponent("data")
    try drawPictures(["train": 4])
    try "file\tindex\ntrain/flat/0.png\t0\ntrain/upright/0.png\t9\n"
      .write(to: data.appendingPathComponent("labels.txt"), atomically: true, encoding: .utf8)
    try "index\tname\n0\tflat\n1\tupright\n"
      .write(to: data.appendingPathComponent("classes.txt"), atomically: true, encoding: .utf8)
    let text = message(try config(data: ", training: '', test: ''"))
    #expect(text.contains("9"))
    #expect(text.contains("labels.txt") || text.contains("label"), "\(text)")
  }

  @Test func tellsOfClassesWithoutTestSamples() throws {
    try drawPictures()
    try FileManager.default.removeItem(
      at: folder.url.appendingPathComponent("data/test/upright")
    )
    let summary = try TrainingSession(config()).run(in: run("a"))
    #expect(summary.remarks.contains { $0.contains("no test sample of 1 classes: upright") })
    let report = try String(contentsOf: run("a").file("report.html"), encoding: .utf8)
    #expect(report.contains("no member"))
  }

  @Test func refusesEmptyData() throws {
    for split in ["train/flat", "train/upright", "test/flat"] {
      try FileManager.default.createDirectory(
        at: folder.url.appendingPathComponent("data/\(split)"),
        withIntermediateDirectories: true
      )
    }
    let text = message(try config())
    #expect(text.contains("data"), "\(text)")
    #expect(text.contains("expected"), "\(text)")
  }

  @Test func refusesDataOfOtherClasses() throws {
    try drawPictures()
    #expect(
      message(try config(data: ", classes: 3")).contains("stripes.yaml:11: expected 3 classes")
    )
    var config = try config()
    config.dataPath = nil
    #expect(message(config).contains("--data"))
    config.dataPath = "/nowhere"
    #expect(message(config).contains("/nowhere"))
  }

  @Test("a folder that cannot be written ends the training, and what was saved stays")
  func handlesFullDisks() throws {
    try drawPictures()
    let session = TrainingSession(try config())
    _ = try session.run(in: run("a"))
    let before = try Data(contentsOf: run("a").file("last.checkpoint"))
    // A checkpoint whose place is taken by a folder fails like one on a full disk.
    var longer = try config()
    longer.epochs = 3
    let blocked = run("b")
    try FileManager.default.createDirectory(
      at: blocked.file("last.checkpoint").appendingPathComponent("x"),
      withIntermediateDirectories: true
    )
    #expect(message(longer, "b").contains("could not be written"))
    #expect(try RunDatabase(folder: blocked.parent).run("b").state == .failed)
    #expect(try Data(contentsOf: run("a").file("last.checkpoint")) == before)
    // With leave to do without, training goes on and says so.
    let free = try TrainingSession(config("checkpoints: {required: false}")).run(in: blocked)
    #expect(free.end == "finished")
    #expect(free.remarks.contains { $0.contains("could not be written") })
  }

  @Test func tellsWhereItDiverges() throws {
    try drawPictures()
    var config = try config()
    config.settings.values["optimizer"] = .settings(Settings("sgd", ["rate": 1e30]))
    let text = message(config)
    #expect(text.contains("step"), "\(text)")
    #expect(text.contains("diverged"), "\(text)")
  }
}
