import Foundation
import SqueezeData
import SqueezeExperiments
import SqueezeFormats
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeRecipes
import SqueezeTensor

/// A folder with pictures of two classes, a training config and a network trained on them, removed at the end.
final class TinyTask {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("squeeze-recipes-\(UUID().uuidString)")
    for (split, count) in [("train", 24), ("test", 12)] {
      for (label, direction) in [("flat", 0.0), ("upright", 90)] {
        let path = folder.appendingPathComponent("data/\(split)/\(label)")
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
    try Data(Self.config.utf8).write(to: folder.appendingPathComponent("tiny.yaml"))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  static let config = """
    network:
      input: [3, 8, 8]
      layers:
        - {kind: conv, channels: 8, kernel: 3}
        - bn
        - relu
        - {kind: conv, channels: 8, kernel: 3}
        - relu
        - global_pool
        - flatten
        - {kind: fc, features: 2}
        - softmax
    data: {path: data, mean: [0.5], deviation: [0.25]}
    optimizer: {name: sgd, rate: 0.05, momentum: 0.9}
    epochs: 8
    batch: 8
    threads: 1
    """ + "\n"

  var training: ExperimentConfig {
    get throws { try ExperimentConfig(contentsOf: folder.appendingPathComponent("tiny.yaml")) }
  }

  /// The network, trained.
  func model() throws -> Model {
    let run = RunFolder(folder.appendingPathComponent("runs/dense"))
    _ = try TrainingSession(training).run(in: run)
    return try ModelFile.load(run.file("model.sqz"))
  }

  func data(_ model: Model, calibration: Int = 16, recipe: Recipe? = nil) throws -> RecipeData {
    try RecipeData(
      training: training,
      model: model,
      calibration: calibration,
      teaching: recipe?.settings.settings("teach")
    )
  }

  func recipe(_ steps: String, _ more: String = "") throws -> Recipe {
    try Recipe("\(more)\nsteps:\n\(steps)\n", file: "test.yaml", folder: folder)
  }

  func run(
    _ recipe: Recipe,
    _ model: Model,
    goal: RecipeGoal = RecipeGoal(drop: 1),
    name: String = "a"
  ) throws -> CompressionRun {
    try CompressionRun(
      recipe,
      data: try data(model, recipe: recipe),
      goal: goal,
      inputBytes: 1_000_000,
      folder: folder.appendingPathComponent("compress-\(name)"),
      threads: 1
    )
  }
}

/// The message of what reading a recipe throws.
func message(_ text: String) -> String {
  do {
    _ = try Recipe(text, file: "test.yaml", folder: URL(fileURLWithPath: "/"))
    return ""
  } catch {
    return "\(error)"
  }
}

/// Two fully connected layers with seeded weights.
func twoLayers(seed: UInt64 = 1) -> Model {
  var random = SeededGenerator(seed: seed)
  return Model(
    name: "two layers",
    inputs: [ModelInput("x", [.named("N"), .fixed(6)])],
    outputs: ["prob"],
    nodes: [
      Node("a", FullyConnected(outputFeatures: 8), inputs: ["x"]),
      Node("r", ReLU(), inputs: ["a"]),
      Node("b", FullyConnected(outputFeatures: 4), inputs: ["r"]),
      Node("prob", Softmax(), inputs: ["b"]),
    ],
    parameters: [
      "a.weight": Dense(random.tensor(TensorSpec([8, 6]))),
      "a.bias": Dense(random.tensor(TensorSpec([8]))),
      "b.weight": Dense(random.tensor(TensorSpec([4, 8]))),
      "b.bias": Dense(random.tensor(TensorSpec([4]))),
    ]
  )
}

/// Seeded inputs of ``twoLayers(seed:)``.
func inputs(_ batches: Int = 2) -> [[String: Tensor]] {
  var random = SeededGenerator(seed: 7)
  return (0..<batches).map { _ in ["x": random.tensor(TensorSpec([16, 6]))] }
}
