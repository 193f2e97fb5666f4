import Foundation
import Squeeze

/// The part of the demonstration that trains and compresses: pictures, config, recipe and curve.
struct DemoTraining {
  /// Where everything is written.
  let folder: String

  /// Pictures of each direction for training and for testing.
  private static let counts = ["train": 96, "test": 48]
  /// Height and width of a picture.
  private static let size = 24

  var config: String { "\(folder)/train-stripes.yaml" }
  var recipe: String { "\(folder)/compress-stripes.yaml" }
  var runs: String { "\(folder)/runs" }
  var pictures: String { "\(folder)/training" }

  /// A network that has to find for itself what `StripeNetwork` computes: banks of filters, the mean of
  /// their responses, and how they add up.
  private static let text = """
    # Trained by squeeze demo: which way do the stripes run?
    name: stripes
    network:
      input: [1, 24, 24]
      layers:
        - {kind: conv, channels: 24, kernel: 5, bias: false}
        - bn
        - relu
        - {kind: maxpool, kernel: 2, stride: 2}
        - {kind: conv, channels: 64, kernel: 3, bias: false}
        - bn
        - relu
        - {kind: conv, channels: 64, kernel: 3, bias: false}
        - bn
        - relu
        - global_pool
        - flatten
        - {kind: fc, features: 8}
        - softmax
    data: {path: training, mean: [0.5], deviation: [0.25]}
    augment: [{name: crop, padding: 2, border: reflect}]
    loss: cross_entropy
    optimizer: {name: adamw, rate: 0.005}
    schedule: one_cycle
    epochs: 8
    batch: 32
    checkpoints: {best: error}
    """ + "\n"

  private static let recipeText = """
    # What was trained, compressed: fewer channels for speed, then fewer and shared weights for size.
    train: train-stripes.yaml
    goal: {ratio: 40, max_drop: 1}
    calibration: 64
    steps:
      - {kind: prune_channels, macs: 0.4, multiple: 8}
      - {kind: train, epochs: 2, rate: 0.002, schedule: cosine}
      - {kind: prune, sparsity: 0.8, layers: {"fc*": 0.4}, gradual: 4, settle: 2, rate: 0.002, schedule: cosine}
      - {kind: quantize, to: codebook, bits: 4}
      - {kind: train, epochs: 1, rate: 0.0003, schedule: cosine}
      - {kind: quantize, to: float16, of: rest}
    """ + "\n"

  /// Draws the pictures, a folder for each split and class, and writes config and recipe.
  func prepare() throws {
    for (split, count) in Self.counts {
      for (index, direction) in StripeNetwork.directions.enumerated() {
        let place = "\(pictures)/\(split)/\(index) \(StripeNetwork.label(of: direction))"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        for number in 0..<count {
          let seed = UInt64(index * 1000 + number + (split == "test" ? 500 : 0))
          let picture = StripePictures.draw(direction: direction, size: Self.size, seed: seed)
          try ImageFile.save(picture, to: "\(place)/\(number).png")
        }
      }
    }
    try Files.write(Self.text, to: config)
    try Files.write(Self.recipeText, to: recipe)
  }

  /// The folder of a new run.
  func newRun() -> RunFolder { RunFolder.new(for: "stripes", in: URL(fileURLWithPath: runs)) }

  /// Trains without showing anything.
  ///
  /// - Returns: what the training came to, and its model's file.
  func summary() throws -> (summary: TrainingSummary, model: URL) {
    try prepare()
    let run = newRun()
    let config = try ExperimentConfig(contentsOf: URL(fileURLWithPath: config))
    return (try TrainingSession(config).run(in: run), run.file("model.sqz"))
  }
}
