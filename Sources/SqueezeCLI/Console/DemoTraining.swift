import Foundation
import Squeeze

/// The part of the demonstration that trains: pictures, config and curve.
struct DemoTraining {
  /// Where everything is written.
  let folder: String

  /// Pictures of each direction for training and for testing.
  private static let counts = ["train": 48, "test": 24]
  /// Height and width of a picture.
  private static let size = 24

  var config: String { "\(folder)/train-stripes.yaml" }
  var runs: String { "\(folder)/runs" }

  /// A network that has to find for itself what `StripeNetwork` computes: a bank of filters, the mean of
  /// their responses, and how they add up.
  private static let text = """
    # Trained by squeeze demo: which way do the stripes run?
    name: stripes
    network:
      input: [1, 24, 24]
      layers:
        - {kind: conv, channels: 16, kernel: 7, bias: false}
        - bn
        - relu
        - global_pool
        - flatten
        - {kind: fc, features: 8}
        - softmax
    data: {path: training, mean: [0.5], deviation: [0.25]}
    augment: [{name: crop, padding: 2, border: reflect}]
    loss: cross_entropy
    optimizer: {name: adamw, rate: 0.01}
    schedule: one_cycle
    epochs: 12
    batch: 32
    checkpoints: {best: error}
    """ + "\n"

  /// Draws the pictures, a folder for each split and class, and writes the config.
  func prepare() throws {
    for (split, count) in Self.counts {
      for (index, direction) in StripeNetwork.directions.enumerated() {
        let place = "\(folder)/training/\(split)/\(index) \(StripeNetwork.label(of: direction))"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        for number in 0..<count {
          let seed = UInt64(index * 1000 + number + (split == "test" ? 500 : 0))
          let picture = StripePictures.draw(direction: direction, size: Self.size, seed: seed)
          try ImageFile.save(picture, to: "\(place)/\(number).png")
        }
      }
    }
    try Files.write(Self.text, to: config)
  }

  /// The folder of a new run.
  func newRun() -> RunFolder { RunFolder.new(for: "stripes", in: URL(fileURLWithPath: runs)) }

  /// Trains without showing anything.
  func summary() throws -> TrainingSummary {
    try prepare()
    let config = try ExperimentConfig(contentsOf: URL(fileURLWithPath: config))
    return try TrainingSession(config).run(in: newRun())
  }
}
