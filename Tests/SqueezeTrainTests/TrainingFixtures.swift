import Foundation
import SqueezeData
import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
import SqueezeTensor
import SqueezeTrain

/// Two clouds of points, one per class; batches follow the epoch.
struct Clouds: BatchSource {
  var name = "clouds"
  var classes = ["left", "right"]
  var inputShape: Shape { [axes] }
  var axes = 3
  var sampleCount = 50
  var batchSize = 8
  var batchCount: Int { (sampleCount + batchSize - 1) / batchSize }
  var distance: Float = 1.5
  /// The samples whose label is out of range.
  var wrong: Set<Int> = []

  func batch(_ index: Int, epoch: Int) -> TrainingBatch {
    let samples = index * batchSize..<min((index + 1) * batchSize, sampleCount)
    var (scalars, labels): ([Float], [Int]) = ([], [])
    for sample in samples {
      let place = (sample * 7 + epoch * 11) % sampleCount
      var random = SeededGenerator(seed: UInt64(place))
      let label = place % 2
      for axis in 0..<axes {
        let centre = axis > 1 ? 0 : label == 0 ? -distance : distance
        scalars.append(centre + random.uniform(-1, 1))
      }
      labels.append(wrong.contains(sample) ? 9 : label)
    }
    return TrainingBatch(
      inputs: Tensor([samples.count, axes], scalars),
      targets: .classes(labels),
      samples: Array(samples)
    )
  }
}

/// A fully connected layer from some numbers to 2 classes, with a softmax at its end.
func linearModel(axes: Int = 3, weight: (any ParameterEncoding)? = nil) throws -> Model {
  var model = Model(
    name: "linear",
    inputs: [ModelInput("x", [.named("N"), .fixed(axes)])],
    outputs: ["p"],
    nodes: [
      Node("fc", FullyConnected(outputFeatures: 2), inputs: ["x"]),
      Node("p", Softmax(axis: 1), inputs: ["fc"]),
    ]
  )
  model = try model.initialized(seed: 4)
  if let weight { model.parameters["fc.weight"] = weight }
  return model
}

/// A trainer of a model on ``Clouds``.
func linearTrainer(
  _ model: Model? = nil,
  optimizer: any Optimizer = SGD(momentum: 0.9),
  schedule: any Schedule = CosineDecay(0.1),
  noise: Float = 0.1,
  _ change: (inout TrainerOptions) -> Void = { _ in }
) throws -> Trainer {
  var options = TrainerOptions()
  options.epochs = 3
  options.seed = 5
  options.weightDecay = WeightDecay(1e-3)
  change(&options)
  return try Trainer(
    model: model ?? linearModel(),
    loss: CrossEntropy(),
    optimizer: optimizer,
    schedule: schedule,
    runtime: LinearRuntime(noise: noise),
    evaluator: ReferenceRuntime(),
    options: options
  )
}

/// A folder that is gone after use.
func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("squeeze-train-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

/// What a killed process looks like from inside.
struct Killed: Error {}
