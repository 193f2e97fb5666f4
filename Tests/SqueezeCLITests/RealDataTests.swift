import Foundation
import SqueezeTestSupport
import Testing

/// The real SqueezeNet on real photographs, through the command.
@Suite(
  "real photographs",
  .enabled(if: TestData.isAvailable, "needs the data folder: SQUEEZE_DATA or ../shared/data")
)
struct RealDataTests {
  /// The counts are ONNX Runtime's on the same pixels.
  @Test("SqueezeNet is right as often as in ONNX Runtime, from every format")
  func accuracy() throws {
    let folder = "squeezenet-deepcompression"
    let onnx = try TestData.file("\(folder)/squeezenet_v1.0.onnx").path
    let net = try TestData.file("\(folder)/compressed_SqueezeNet.net").path
    let pictures = try TestData.file("imagenet1k-sample").path
    let temporary = try SqueezeProcess.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: temporary) }
    let sqz = temporary.appendingPathComponent("squeezenet.sqz").path
    let converted = try SqueezeProcess.run(
      "convert",
      net,
      sqz,
      "--structure",
      onnx,
      "--preprocess",
      "caffe",
      "--json"
    ).json()
    #expect(try #require(converted["output_bytes"] as? Int) <= 522_000)
    #expect(try SqueezeProcess.run("verify", onnx, sqz).exitCode == 0)
    let runs = [
      [onnx, "--preprocess", "caffe"], [net, "--structure", onnx, "--preprocess", "caffe"], [sqz],
    ]
    for run in runs {
      let json = try SqueezeProcess.run(
        ["evaluate"] + run + ["--data", pictures, "--json"]
      ).json()
      #expect(json["count"] as? Int == 700)
      #expect(abs((json["top1_correct"] as? Int ?? 0) - 446) <= 1)
      #expect(abs((json["top5_correct"] as? Int ?? 0) - 596) <= 1)
    }
  }

  @Test("int8 is within half a point of float32 on pictures it was not calibrated on")
  func integers() throws {
    let model = try TestData.file("squeezenet-deepcompression/squeezenet_v1.0.onnx").path
    let pictures = try TestData.file("imagenet1k-sample").path
    var correct: [Int] = []
    for precision in ["float32", "int8"] {
      let json = try SqueezeProcess.run(
        "evaluate",
        model,
        "--preprocess",
        "caffe",
        "--data",
        pictures,
        "--precision",
        precision,
        "--calibrate",
        "200",
        "--json"
      ).json()
      #expect(json["count"] as? Int == 500)
      correct.append(try #require(json["top1_correct"] as? Int))
    }
    // Half a point of 500 pictures is 2.5 of them.
    #expect(correct[0] - correct[1] <= 2, "\(correct)")
  }

  /// One epoch is far from the example's forty, but far from chance too.
  @Test("an example config learns to read digits")
  func learnsDigits() throws {
    let config = TestData.packageFolder
      .appendingPathComponent("Examples/lenet-300-100-mnist.yaml").path
    let temporary = try SqueezeProcess.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: temporary) }
    let result = try SqueezeProcess.run(
      "train",
      config,
      "--data",
      try TestData.file("mnist").path,
      "--epochs",
      "1",
      "--runs",
      temporary.path,
      "--json"
    )
    let json = try result.json()
    #expect(json["steps"] as? Int == 468)
    #expect((json["test_error"] as? Double ?? 100) < 6)
  }
}
