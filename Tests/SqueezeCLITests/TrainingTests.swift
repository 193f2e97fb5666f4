import Foundation
import Squeeze
import Testing

/// `squeeze train` and `squeeze runs`, run as a user runs them.
@Suite struct TrainingTests {
  let folder: URL
  let config: String
  let runs: String

  init() throws {
    folder = try SqueezeProcess.temporaryFolder()
    config = folder.appendingPathComponent("stripes.yaml").path
    runs = folder.appendingPathComponent("runs").path
    for (split, count) in [("train", 8), ("test", 4)] {
      for (label, direction) in [("flat", 0.0), ("upright", 90)] {
        let path = folder.appendingPathComponent("data/\(split)/\(label)")
        try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
        for number in 0..<count {
          let seed = UInt64(number + split.count * 100 + label.count * 1000)
          try ImageFile.save(
            StripePictures.draw(direction: direction, size: 8, seed: seed),
            to: path.appendingPathComponent("\(number).png").path
          )
        }
      }
    }
    try """
    network:
      input: [3, 8, 8]
      layers:
        - {kind: conv, channels: 4, kernel: 3}
        - relu
        - global_pool
        - flatten
        - {kind: fc, features: 2}
        - softmax
    data: {path: data, mean: [0.5], deviation: [0.25]}
    optimizer: {name: sgd, rate: 0.1}
    epochs: 2
    batch: 8
    """.write(toFile: config, atomically: true, encoding: .utf8)
  }

  private func train(_ more: String...) throws -> SqueezeProcess.Result {
    try SqueezeProcess.run(["train", config, "--runs", runs, "--json"] + more)
  }

  @Test func trainsWithStableKeys() throws {
    let result = try train("--seed", "5", "--threads", "1")
    #expect(result.exitCode == 0, "\(result.errors)")
    let json = try result.json()
    let keys = [
      "test_error", "test_loss", "epochs", "steps", "seconds", "samples_per_second",
      "weights_sha256", "run", "seed", "threads", "best_test_error", "skipped_samples",
    ]
    for key in keys { #expect(json[key] != nil, "\(key)") }
    #expect(json["epochs"] as? Int == 2)
    #expect(json["steps"] as? Int == 4)
    #expect(json["seed"] as? Int == 5)
    #expect((json["weights_sha256"] as? String)?.count == 64)
    // One line for each epoch, where nobody watches.
    #expect(result.errors.contains("epoch 1/2"))
    #expect(result.errors.contains("epoch 2/2"))
    #expect(!result.errors.contains("\u{1B}"))
  }

  @Test func goesOnFromAModelAndLearnsFromATeacher() throws {
    let first = try train("--run", "\(runs)/first").json()
    let model = "\(runs)/first/model.sqz"
    // At a rate of next to nothing the weights stay where they were.
    let again = try train("--from", model, "--rate", "1e-12", "--run", "\(runs)/again").json()
    let losses = [first, again].compactMap { $0["test_loss"] as? Double }
    try #require(losses.count == 2)
    #expect(abs(losses[0] - losses[1]) < 1e-5 * losses[0])
    let taught = try train("--teacher", model, "--run", "\(runs)/taught").json()
    #expect(taught["weights_sha256"] as? String != first["weights_sha256"] as? String)
    let config = try String(contentsOfFile: "\(runs)/taught/config.yaml", encoding: .utf8)
    #expect(config.contains(model))
    let refused = try train("--from", "model.pt")
    #expect(refused.exitCode != 0)
    #expect(refused.errors.contains("--from: expected an .onnx or .sqz file, got model.pt"))
  }

  @Test func listsComparesAndPlots() throws {
    let names = try ["1", "2"].map { seed in
      let json = try train("--seed", seed, "--run", "\(runs)/run-\(seed)").json()
      return URL(fileURLWithPath: try #require(json["run"] as? String)).lastPathComponent
    }
    #expect(names == ["run-1", "run-2"])
    let list = try SqueezeProcess.run("runs", "--runs", runs, "--json").json()
    #expect((list["runs"] as? [[String: Any]])?.count == 2)
    #expect(try SqueezeProcess.run("runs", "--runs", runs).output.contains("run-1"))
    let comparison = try SqueezeProcess.run(
      ["runs", "compare"] + names + ["--runs", runs, "--json"]
    ).json()
    #expect(comparison["same_weights"] as? Bool == false)
    let differences = try #require(comparison["config_differences"] as? [[String: Any]])
    #expect(differences.compactMap { $0["key"] as? String } == ["seed"])
    let svg = folder.appendingPathComponent("curves.svg").path
    let plot = try SqueezeProcess.run(
      ["runs", "plot"] + names + ["--metric", "loss", "-o", svg, "--runs", runs, "--json"]
    )
    #expect(try plot.json()["points"] as? [Int] == [4, 4])
    #expect(try String(contentsOfFile: svg, encoding: .utf8).contains("<polyline"))
    let wrong = try SqueezeProcess.run(
      ["runs", "plot"] + names + ["--metric", "banana", "-o", svg, "--runs", runs]
    )
    #expect(wrong.exitCode == 1)
    #expect(wrong.errors.contains("test_error"))
    let shown = try SqueezeProcess.run("runs", "show", "run-1", "--runs", runs)
    #expect(shown.output.contains("finished"))
    #expect(shown.output.contains("report.html"))
    let missing = try SqueezeProcess.run("runs", "show", "run-9", "--runs", runs)
    #expect(missing.exitCode == 1)
    #expect(missing.errors.contains("run-1"))
  }

  @Test("Ctrl-C saves and says how to go on; going on gives the weights of an unbroken run")
  func stopsAndResumes() throws {
    let whole = try train("--epochs", "60", "--run", "\(runs)/whole").json()
    let process = Process()
    process.executableURL = SqueezeProcess.executable
    process.arguments = [
      "train", config, "--runs", runs, "--json", "--epochs", "60", "--run", "\(runs)/parts",
    ]
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    // The first line on standard error is the end of the first epoch.
    var text = String(decoding: errors.fileHandleForReading.availableData, as: UTF8.self)
    process.interrupt()
    text += String(
      decoding: errors.fileHandleForReading.readDataToEndOfFile(),
      as: UTF8.self
    )
    process.waitUntilExit()
    // On a fast machine training may have come to its end before the signal.
    if process.terminationStatus != 0 {
      #expect(process.terminationStatus == 130)
      #expect(text.contains("--resume"))
      #expect(text.contains("stopped after step"))
    }
    let again = try train("--epochs", "60", "--run", "\(runs)/parts")
    #expect(again.exitCode == 1)
    #expect(again.errors.contains("--resume"))
    let resumed = try train("--epochs", "60", "--run", "\(runs)/parts", "--resume").json()
    #expect(resumed["weights_sha256"] as? String == whole["weights_sha256"] as? String)
    #expect(resumed["steps"] as? Int == 120)
  }

  @Test func namesMistakesInConfigs() throws {
    let text = try String(contentsOfFile: config, encoding: .utf8)
    try text.replacing("epochs", with: "epoch").write(
      toFile: config,
      atomically: true,
      encoding: .utf8
    )
    let result = try train()
    #expect(result.exitCode == 1)
    #expect(result.errors.contains("stripes.yaml:12:"))
    #expect(result.errors.contains("did you mean epochs?"))
    #expect(result.output.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: runs))
    #expect(try SqueezeProcess.run("train").exitCode == 64)
    #expect(try SqueezeProcess.run("train", "a.yaml", "--threads", "0").exitCode == 64)
    #expect(try SqueezeProcess.run("train", "--example", "banana").exitCode == 64)
    #expect(try SqueezeProcess.run("train", config, "--runs", runs, "--resume").exitCode == 1)
  }

  @Test func theDemonstrationLearns() throws {
    let place = folder.appendingPathComponent("demo").path
    let json = try SqueezeProcess.run("demo", "--output", place, "--json").json()
    // Guessing one of eight directions is wrong in 87.5 % of all cases.
    #expect((json["trained_test_error"] as? Double ?? 100) < 20)
    #expect(json["identical"] as? Bool == true)
    let compression = try #require(json["compression"] as? [String: Any])
    #expect(compression["accepted"] as? Bool == true)
    #expect((compression["ratio_to_float32"] as? Double ?? 0) > 40)
    #expect(FileManager.default.fileExists(atPath: "\(place)/stripes-small.sqz"))
    let runs = try SqueezeProcess.run("runs", "--runs", "\(place)/runs", "--json").json()
    #expect((runs["runs"] as? [[String: Any]])?.count == 1)
  }

  @Test func printsSchemaAndExamples() throws {
    let schema = try SqueezeProcess.run("train", "--schema")
    #expect(schema.output.contains("epochs: a whole number"))
    for name in ["mnist", "cifar10", "segmentation", "signals"] {
      let example = try SqueezeProcess.run("train", "--example", name)
      #expect(example.exitCode == 0)
      #expect(example.output.contains("network:"))
    }
  }
}
