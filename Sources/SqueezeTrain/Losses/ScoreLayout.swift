import SqueezeData
import SqueezeTensor

/// How scores lie in memory: sample by sample, channel by channel, position by position.
///
/// `[N, C]` has one position, `[N, C, W]` has `W`, `[N, C, H, W]` has `H · W`.
struct ScoreLayout {
  let samples: Int
  let channels: Int
  let area: Int

  /// The layout of an output.
  ///
  /// - Throws: ``TrainingError/target(_:expected:actual:)`` for other ranks than 2 to 4.
  init(_ loss: String, _ output: Tensor) throws(TrainingError) {
    guard (2...4).contains(output.shape.rank), output.type.isReal, output.shape[1] > 0 else {
      throw .target(loss, expected: "real scores [N, C, …]", actual: "\(output.spec)")
    }
    samples = output.shape[0]
    channels = output.shape[1]
    area = output.shape.count(from: 2)
  }

  /// Samples times positions.
  var positions: Int { samples * area }
  /// All scores.
  var count: Int { samples * channels * area }
}

/// The class of every position of a batch, checked once.
struct ClassLabels {
  /// By sample, then position; -1 where ignored.
  let labels: [Int32]

  /// Reads `classes` or `maps`.
  ///
  /// - Throws: ``TrainingError/target(_:expected:actual:)`` that names the first bad label.
  init(
    _ loss: String,
    _ batch: TrainingBatch,
    _ layout: ScoreLayout,
    classes: Int,
    ignoring ignored: Int?
  ) throws(TrainingError) {
    let source: Tensor?
    let list: [Int]
    switch batch.targets {
    case .classes(let labels): (source, list) = (nil, labels)
    case .maps(let map): (source, list) = (map, map.integers)
    default:
      throw .target(loss, expected: "class indices", actual: batch.targets.kind)
    }
    let scalars = source?.scalars ?? []
    let count = max(list.count, scalars.count)
    guard count == layout.positions else {
      throw .target(loss, expected: "\(layout.positions) labels", actual: "\(count)")
    }
    var labels = [Int32](repeating: -1, count: count)
    var wrong = -1
    let absent = Float(ignored ?? Int.min)
    labels.withUnsafeMutableBufferPointer { labels in
      if scalars.isEmpty {
        for i in 0..<count where list[i] != ignored {
          guard list[i] >= 0, list[i] < classes else {
            wrong = i
            return
          }
          labels[i] = Int32(list[i])
        }
        return
      }
      scalars.withUnsafeBufferPointer { scalars in
        for i in 0..<count where scalars[i] != absent {
          guard scalars[i] >= 0, scalars[i] < Float(classes), scalars[i] == Float(Int32(scalars[i]))
          else {
            wrong = i
            return
          }
          labels[i] = Int32(scalars[i])
        }
      }
    }
    guard wrong < 0 else {
      let sample = wrong / max(1, layout.area)
      let name = sample < batch.samples.count ? batch.samples[sample] : sample
      let place =
        layout.area > 1 ? "sample \(name), pixel \(wrong % layout.area)" : "sample \(name)"
      let value = scalars.isEmpty ? "\(list[wrong])" : "\(scalars[wrong])"
      throw .target(place, expected: "a class in 0..<\(classes)", actual: value)
    }
    self.labels = labels
  }
}

extension Targets {
  /// What kind of targets these are, for errors.
  var kind: String {
    switch self {
    case .classes(let labels): "\(labels.count) classes"
    case .probabilities(let tensor): "probabilities \(tensor.shape)"
    case .maps(let tensor): "class maps \(tensor.shape)"
    case .values(let tensor): "values \(tensor.shape)"
    }
  }
}

extension TrainingBatch {
  /// The pixel weights, one per position, or `nil` where there are none.
  func positionWeights(
    _ loss: String,
    _ layout: ScoreLayout
  ) throws(TrainingError) -> [Float]? {
    guard let weights = pixelWeights else { return nil }
    guard weights.scalars.count == layout.positions else {
      throw .target(loss, expected: "\(layout.positions) pixel weights", actual: "\(weights.shape)")
    }
    return weights.scalars
  }
}
