import SqueezeData
import SqueezeTensor

/// Targets in `0...1` for every score, for losses on sigmoid probabilities.
struct BinaryTargets {
  /// One per score; NaN where ignored.
  let values: [Float]

  /// Reads values and probabilities of the output's shape, or 0 and 1 as classes or maps of an output with
  /// one channel; with more channels, channel `c` is 1 where the class is `c`.
  init(
    _ loss: String,
    _ batch: TrainingBatch,
    _ layout: ScoreLayout,
    ignoring ignored: Int?
  ) throws(TrainingError) {
    switch batch.targets {
    case .values(let tensor), .probabilities(let tensor):
      guard tensor.scalars.count == layout.count else {
        throw .target(loss, expected: "\(layout.count) values", actual: batch.targets.kind)
      }
      values = tensor.scalars
    case .classes, .maps:
      let labels = try ClassLabels(
        loss,
        batch,
        layout,
        classes: max(2, layout.channels),
        ignoring: ignored
      ).labels
      let (channels, area) = (layout.channels, layout.area)
      values = filled(layout.count) { values in
        labels.withUnsafeBufferPointer { labels in
          for n in 0..<layout.samples {
            for c in 0..<channels {
              let plane = values + (n * channels + c) * area
              let wanted = Int32(channels == 1 ? 1 : c)
              for i in 0..<area {
                let label = labels[n * area + i]
                plane[i] = label < 0 ? .nan : label == wanted ? 1 : 0
              }
            }
          }
        }
      }
    }
  }
}

/// Splits targets into values and shares, both 0 where a target is ignored, else the target and `share`.
func keepCounted(
  _ targets: UnsafePointer<Float>,
  _ values: UnsafeMutablePointer<Float>,
  _ shares: UnsafeMutablePointer<Float>,
  _ share: Float,
  _ count: Int
) {
  for i in 0..<count {
    values[i] = targets[i].isNaN ? 0 : targets[i]
    shares[i] = targets[i].isNaN ? 0 : share
  }
}

/// The function that turns scores into probabilities.
public enum ScoreActivation: String, Sendable, Hashable, Codable {
  /// Every score by itself.
  case sigmoid
  /// All channels of a position together.
  case softmax
}
