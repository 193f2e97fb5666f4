import Foundation
import SqueezeData
import SqueezeExperiments
import SqueezeTensor
import Testing

/// Trainings on what is not a picture with a class.
@Suite struct OtherDataTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func train(_ network: String, _ rest: String) throws -> TrainingSummary {
    let config = try ExperimentConfig(
      """
      network:
        \(network)
      \(rest)
      optimizer: {name: adam, rate: 0.02}
      epochs: 2
      batch: 4
      threads: 1
      """,
      file: "other.yaml",
      folder: folder.url
    )
    return try TrainingSession(config).run(
      in: RunFolder(folder.url.appendingPathComponent("runs/a"))
    )
  }

  private func write(_ text: String, _ path: String) throws {
    let url = folder.url.appendingPathComponent(path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(),
      withIntermediateDirectories: true
    )
    try Data(text.utf8).write(to: url)
  }

  @Test func segments() throws {
    try write("index\tname\n0\tdark\n1\tlight\n", "data/classes.txt")
    try write("0\n1\n2\n3\n4\n5\n6\n7\n", "data/train.txt")
    try write("8\n9\n", "data/test.txt")
    try write("", "data/labels/none")
    try write("", "data/images/none")
    for number in 0..<10 {
      let levels = (0..<64).map { UInt8(($0 * 7 + number * 31) % 200 + 28) }
      let image = Image(width: 8, height: 8, channels: 1, pixels: levels)
      let map = Image(width: 8, height: 8, channels: 1, pixels: levels.map { $0 > 128 ? 1 : 0 })
      try ImageFile.save(image, to: folder.url.path + "/data/images/\(number).png")
      try ImageFile.save(map, to: folder.url.path + "/data/labels/\(number).png")
    }
    let summary = try train(
      "{input: [1, 8, 8], layers: [{kind: conv, channels: 2, kernel: 1}]}",
      """
      data: {path: data, kind: segmentation, mean: [0.5], deviation: [0.2]}
      loss: [cross_entropy, {name: dice, weight: 0.5}]
      """
    )
    #expect(summary.epochs == 2)
    #expect(summary.metrics.keys.sorted() == ["test_error", "test_mean_dice", "test_mean_iou"])
  }

  @Test func trainsOnSignalsAndNumbers() throws {
    var random = SeededGenerator(seed: 1)
    for (split, count) in [("train", 12), ("test", 4)] {
      let inputs = random.tensor(TensorSpec([count, 2, 16]))
      let sums = (0..<count).map { n in inputs.scalars[n * 32..<(n + 1) * 32].reduce(0, +) }
      let labels = sums.map { $0 > 0 ? 1 : 0 }
      for kind in ["signals", "regression"] {
        let place = folder.url.appendingPathComponent("\(kind)/\(split)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try NPY.save(inputs, to: place.appendingPathComponent("X.npy").path)
        let targets =
          kind == "signals" ? Tensor([count], integers: labels) : Tensor([count, 1], sums)
        try NPY.save(targets, to: place.appendingPathComponent("y.npy").path)
      }
    }
    func layers(_ outputs: Int) -> String {
      "{input: [2, 16], layers: [{kind: conv, channels: 4, kernel: 3}, relu, global_pool, flatten, "
        + "{kind: fc, features: \(outputs)}]}"
    }
    let classes = try train(
      layers(2),
      "data: {path: signals, kind: signals, classes: 2, balance: true}"
    )
    #expect(classes.testError != nil)
    let numbers = try train(
      layers(1),
      "data: {path: regression, kind: regression}\nloss: mean_squared\nmetrics: [rmse]"
    )
    #expect(numbers.testError == nil)
    #expect(numbers.metrics["test_rmse"] != nil)
  }
}
