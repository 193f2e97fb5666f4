import Foundation
import Squeeze
import Testing

/// The whole chain on a network and pictures that the package makes itself.
@Suite struct PipelineTests {
  let folder: URL
  let model: String

  init() throws {
    folder = try SqueezeProcess.temporaryFolder()
    model = folder.appendingPathComponent("stripes.onnx").path
    try ModelFile.save(StripeNetwork.model(imageSize: 32), to: URL(fileURLWithPath: model))
  }

  @Test func inspectsWithStableKeys() throws {
    let json = try SqueezeProcess.run("inspect", model, "--json").json()
    let total = try #require(json["total"] as? [String: Int])
    // RGB → grey, 16 filters of 13×13, and 16 → 8 with bias.
    #expect(total["parameters"] == 3 + 16 * 169 + 8 * 16 + 8)
    #expect(total["macs"] == 32 * 32 * 3 + 20 * 20 * 16 * 169 + 16 * 8)
    #expect(total["weight_bytes"] == 4 * (total["parameters"] ?? 0))
    let attributes = try FileManager.default.attributesOfItem(atPath: model)
    #expect(total["file_bytes"] == attributes[.size] as? Int)
    #expect((total["peak_activation_bytes"] ?? 0) > 0)
    let nodes = try #require(json["nodes"] as? [[String: Any]])
    #expect(nodes.first?["name"] as? String == "grey")
    #expect(nodes.first?["operator"] as? String == "Convolution")
    #expect(nodes.first?["output_shape"] as? [Int] == [1, 1, 32, 32])
  }

  @Test func runsOnAPictureAndNamesTheClass() throws {
    let picture = folder.appendingPathComponent("45.png").path
    try ImageFile.save(StripePictures.draw(direction: 45, size: 32, seed: 9), to: picture)
    let json = try SqueezeProcess.run("run", model, picture, "--json").json()
    let images = try #require(json["images"] as? [[String: Any]])
    let predictions = try #require(images[0]["predictions"] as? [[String: Any]])
    #expect(predictions.count == 5)
    #expect(predictions[0]["label"] as? String == "stripes at 45.0°")
    #expect((predictions[0]["probability"] as? Double ?? 0) > 0.5)
  }

  @Test func computesInAnyPrecision() throws {
    let pictures = try StripeNetwork.directions.enumerated().map { index, direction in
      let path = folder.appendingPathComponent("precision/\(index)/a.png")
      try FileManager.default.createDirectory(
        at: path.deletingLastPathComponent(),
        withIntermediateDirectories: true
      )
      let picture = StripePictures.draw(direction: direction, size: 32, seed: UInt64(index))
      try ImageFile.save(picture, to: path.path)
      return path.path
    }
    let data = folder.appendingPathComponent("precision").path
    for precision in ["float32", "bfloat16", "int8"] {
      let options = ["--precision", precision, "--json"]
      let evaluated = try SqueezeProcess.run(["evaluate", model, "--data", data] + options)
      #expect(try evaluated.json()["top1_correct"] as? Int == 8, "\(precision)")
      #expect(evaluated.errors.contains("calibrated on 8 inputs") == (precision == "int8"))
      let run = try SqueezeProcess.run(["run", model, pictures[2]] + options)
      let images = try #require(try run.json()["images"] as? [[String: Any]])
      let predictions = try #require(images[0]["predictions"] as? [[String: Any]])
      #expect(predictions[0]["index"] as? Int == 2)
      let timed = try SqueezeProcess.run(["benchmark", model, "--iterations", "2"] + options)
      #expect(try timed.json()["precision"] as? String == precision)
    }
    let refused = try SqueezeProcess.run("run", model, pictures[0], "--precision", "int4")
    #expect(refused.exitCode == 64)
    #expect(refused.errors.contains("float32, bfloat16, int8"))
  }

  @Test func convertsVerifiesAndEvaluates() throws {
    for (index, direction) in StripeNetwork.directions.enumerated() {
      let path = folder.appendingPathComponent("pictures/\(index)")
      try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
      let picture = StripePictures.draw(direction: direction, size: 32, seed: UInt64(index))
      try ImageFile.save(picture, to: path.appendingPathComponent("a.png").path)
    }
    for coder in ["automatic", "mixing", "context", "rans", "huffman", "raw"] {
      let small = folder.appendingPathComponent("\(coder).sqz").path
      let converted = try SqueezeProcess.run(
        "convert",
        model,
        small,
        "--coder",
        coder,
        "--json"
      ).json()
      let (before, after) = (converted["input_bytes"] as? Int, converted["output_bytes"] as? Int)
      #expect(try #require(after) < (try #require(before)))
      #expect(try SqueezeProcess.run("verify", model, small).exitCode == 0)
      let pictures = folder.appendingPathComponent("pictures").path
      let json = try SqueezeProcess.run("evaluate", small, "--data", pictures, "--json").json()
      #expect(json["count"] as? Int == 8)
      #expect(json["top1_correct"] as? Int == 8)
      #expect(json["top1"] as? Double == 1)
      for key in ["top5", "top5_correct", "seconds"] { #expect(json[key] != nil) }
    }
  }

  @Test func benchmarksWithStableKeys() throws {
    let json = try SqueezeProcess.run(
      "benchmark",
      model,
      "--threads",
      "1",
      "--iterations",
      "3",
      "--batch",
      "2",
      "--json"
    ).json()
    for key in [
      "load_ms", "median_ms", "p95_ms", "min_ms", "macs", "gmacs_per_second", "peak_memory_bytes",
    ] { #expect((json[key] as? Double ?? 0) > 0, "\(key)") }
    #expect(json["threads"] as? Int == 1)
    #expect(json["batch"] as? Int == 2)
  }

  @Test func runsTensorsAndWritesOutputs() throws {
    var random = SeededGenerator(seed: 2)
    let input = folder.appendingPathComponent("x.npy").path
    try NPY.save(random.tensor(TensorSpec([2, 3, 32, 32])), to: input)
    let outputs = folder.appendingPathComponent("outputs").path
    let result = try SqueezeProcess.run(
      "run",
      model,
      "--tensor",
      "picture=\(input)",
      "--output",
      outputs
    )
    #expect(result.exitCode == 0, "\(result.errors)")
    let scores = try NPY.load("\(outputs)/direction.npy")
    #expect(scores.shape == [2, 8])
    #expect(abs(scores.scalars[0..<8].reduce(0, +) - 1) < 1e-5)
  }

  @Test func demonstrates() throws {
    let target = folder.appendingPathComponent("demo").path
    let json = try SqueezeProcess.run("demo", "--output", target, "--json").json()
    #expect(json["pictures"] as? Int == 40)
    #expect(json["top1_correct"] as? Int == 40)
    #expect(json["identical"] as? Bool == true)
    #expect(
      try #require(json["sqz_bytes"] as? Int) * 6 < (try #require(json["onnx_bytes"] as? Int))
    )
  }

  @Test func saysWhatDiffers() throws {
    var other = StripeNetwork.model(imageSize: 32)
    other.parameters["sum.bias"] = Dense(Tensor([8], [1, 0, 0, 0, 0, 0, 0, 0]))
    let path = folder.appendingPathComponent("other.sqz").path
    try ModelFile.save(other, to: URL(fileURLWithPath: path))
    let result = try SqueezeProcess.run("verify", model, path)
    #expect(result.exitCode == 1)
    #expect(result.output.contains("sum.bias"))
  }
}
