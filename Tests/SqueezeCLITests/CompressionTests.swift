import Foundation
import Squeeze
import Testing

/// `squeeze compress` and `squeeze blame` as a user runs them.
@Suite struct CompressionTests {
  let folder: URL
  let model: String
  let data: String

  init() throws {
    folder = try SqueezeProcess.temporaryFolder()
    model = folder.appendingPathComponent("stripes.sqz").path
    try ModelFile.save(StripeNetwork.model(imageSize: 32), to: URL(fileURLWithPath: model))
    data = folder.appendingPathComponent("pictures").path
    for (index, direction) in StripeNetwork.directions.enumerated() {
      let place = "\(data)/\(index) \(StripeNetwork.label(of: direction))"
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
      for number in 0..<6 {
        let picture = StripePictures.draw(
          direction: direction,
          size: 32,
          seed: UInt64(100 * index + number)
        )
        try ImageFile.save(picture, to: "\(place)/\(number).png")
      }
    }
  }

  private func file(_ name: String) -> String { folder.appendingPathComponent(name).path }
  private func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }
  private func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name)) }

  @Test("the result is accepted, with stable keys, a file and a report")
  func accepts() throws {
    try write(
      "calibration: 16\nsteps:\n  - {kind: quantize, to: codebook, bits: 6}\n",
      to: file("r.yaml")
    )
    let result = try SqueezeProcess.run(
      "compress",
      model,
      file("small.sqz"),
      "--recipe",
      file("r.yaml"),
      "--data",
      data,
      "--json",
      "--html",
      file("report.html"),
      "--threads",
      "1"
    )
    #expect(result.exitCode == 0, "\(result.errors)")
    let json = try result.json()
    #expect(json["accepted"] as? Bool == true)
    #expect(json["samples"] as? Int == 32)
    let bytes = try #require(json["output_bytes"] as? Int)
    #expect(bytes < (try #require(json["input_bytes"] as? Int)))
    #expect(try Data(contentsOf: URL(fileURLWithPath: file("small.sqz"))).count == bytes)
    for key in ["ratio", "top1_before", "top1_after", "ms_before", "ms_after"] {
      #expect(json[key] is Double || json[key] is Int, "\(key)")
    }
    #expect(exists("report.html"))
    #expect(result.errors.contains("plan"))

    let blame = try SqueezeProcess.run("blame", model, file("small.sqz"), "--data", data, "--json")
    let layers = try #require(try blame.json()["layers"] as? [[String: Any]])
    #expect(layers.count == 3)
    let errors = layers.compactMap { $0["alone_at_output"] as? Double }
    #expect(errors == errors.sorted(by: >))
  }

  @Test("what loses too much is refused with a reason and kept beside")
  func refuses() throws {
    try write("steps:\n  - {kind: prune, sparsity: 0.99}\n", to: file("r.yaml"))
    let result = try SqueezeProcess.run(
      "compress",
      model,
      file("bad.sqz"),
      "--recipe",
      file("r.yaml"),
      "--data",
      data,
      "--calibration",
      "8",
      "--max-drop",
      "0.5%",
      "--json",
      "--threads",
      "1"
    )
    #expect(result.exitCode == 1)
    #expect(try result.json()["accepted"] as? Bool == false)
    #expect(result.errors.contains("refused for its accuracy"))
    #expect(result.errors.contains("would help"))
    #expect(!exists("bad.sqz") && exists("bad.rejected.sqz"))
    // What was begun is not overwritten, and goes on with --resume.
    let again = ["compress", model, file("bad.sqz"), "--recipe", file("r.yaml"), "--data", data]
    let options = ["--calibration", "8", "--max-drop", "100", "--threads", "1"]
    #expect(try SqueezeProcess.run(again + options).errors.contains("--resume"))
    let resumed = try SqueezeProcess.run(again + options + ["--resume"])
    #expect(resumed.exitCode == 0, "\(resumed.errors)")
    #expect(resumed.output.contains("accepted"))
  }

  @Test("a size is met without a recipe and without training data")
  func meetsASize() throws {
    let result = try SqueezeProcess.run(
      "compress",
      model,
      file("small.sqz"),
      "--data",
      data,
      "--target-size",
      "3KB",
      "--max-drop",
      "50",
      "--calibration",
      "16",
      "--json",
      "--threads",
      "1"
    )
    #expect(result.exitCode == 0, "\(result.errors)")
    #expect((try result.json()["output_bytes"] as? Int ?? .max) <= 3000)
  }

  @Test func refusesWrongUsage() throws {
    for arguments in [
      ["compress"], ["compress", model, "out.onnx", "--max-drop", "1"],
      ["compress", model, "o.sqz"],
      ["compress", model, "o.sqz", "--target-size", "tiny"],
      ["compress", model, "o.sqz", "--max-drop", "x"],
      ["compress", model, "o.sqz", "--max-drop", "1", "--max-latency", "soon"],
      ["blame", model],
    ] {
      #expect(try SqueezeProcess.run(arguments).exitCode == 64, "\(arguments)")
    }
    try write("steps:\n  - {kind: pruune, sparsity: 0.5}\n", to: file("r.yaml"))
    let mistake = try SqueezeProcess.run(
      "compress",
      model,
      file("o.sqz"),
      "--recipe",
      file("r.yaml"),
      "--data",
      data
    )
    #expect(mistake.exitCode == 1)
    #expect(mistake.errors.contains("r.yaml:2") && mistake.errors.contains("did you mean prune?"))
  }

  @Test func printsSchemaAndExamples() throws {
    #expect(try SqueezeProcess.run("compress", "--schema").output.contains("sparsity: a number"))
    for name in StartingRecipe.names {
      let example = try SqueezeProcess.run("compress", "--example", name)
      #expect(example.exitCode == 0)
      #expect(example.output.contains("steps:"))
    }
  }
}
