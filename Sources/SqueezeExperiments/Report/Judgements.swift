import Foundation
import SqueezeData
import SqueezeGraph
import SqueezeTensor

/// Samples that a classifier got right and wrong, the surest first.
struct Judgements {
  /// What was said of one sample.
  struct Judgement {
    var picture: String
    var actual: Int
    var predicted: Int
    var probability: Float
  }

  private(set) var right: [Judgement] = []
  private(set) var wrong: [Judgement] = []
  /// The samples looked at.
  private(set) var count = 0

  /// Classifies the first samples of a source.
  ///
  /// - Parameters:
  ///   - model: a model whose first output holds one score per class.
  ///   - runtime: what runs it.
  ///   - source: samples with classes; others give no judgements.
  ///   - limit: after so many samples no further batch is begun.
  ///   - mean: what was subtracted from channels.
  ///   - deviation: what they were divided by.
  /// - Throws: what the runtime or the source throws.
  init(
    _ model: Model,
    runtime: any Runtime,
    source: any BatchSource,
    limit: Int = 1000,
    mean: [Double],
    deviation: [Double]
  ) throws {
    guard let input = model.inputs.first?.name, let output = model.outputs.first else { return }
    let run = try runtime.prepared(model)
    for index in 0..<source.batchCount where count < limit {
      let batch = try source.batch(index, epoch: 0)
      guard case .classes(let labels) = batch.targets else { return }
      let scores = try run([input: batch.inputs])[output]?.reals ?? []
      guard !labels.isEmpty, scores.count % labels.count == 0 else { return }
      let classes = scores.count / labels.count
      guard classes > 1 else { return }
      for (sample, label) in labels.enumerated() {
        let row = scores[sample * classes..<(sample + 1) * classes]
        let probabilities = Self.probabilities(Array(row))
        let predicted = probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
        note(
          batch.inputs,
          sample,
          Judgement(
            picture: "",
            actual: label,
            predicted: predicted,
            probability: probabilities[predicted]
          ),
          mean,
          deviation
        )
      }
      count += labels.count
    }
  }

  /// How many of each are kept.
  static let kept = 18

  private mutating func note(
    _ inputs: Tensor,
    _ sample: Int,
    _ judgement: Judgement,
    _ mean: [Double],
    _ deviation: [Double]
  ) {
    let isRight = judgement.actual == judgement.predicted
    var list = isRight ? right : wrong
    guard
      list.count < Self.kept || judgement.probability > (list.last?.probability ?? 0),
      let picture = SamplePicture.address(inputs, sample, mean: mean, deviation: deviation)
    else { return }
    var judgement = judgement
    judgement.picture = picture
    list.append(judgement)
    list.sort { $0.probability > $1.probability }
    list = Array(list.prefix(Self.kept))
    if isRight { right = list } else { wrong = list }
  }

  /// Scores as probabilities: as they are where they are, else through a softmax.
  private static func probabilities(_ scores: [Float]) -> [Float] {
    let sum = scores.reduce(0, +)
    if abs(sum - 1) < 1e-3, scores.allSatisfy({ $0 >= 0 }) { return scores }
    let largest = scores.max() ?? 0
    let powers = scores.map { exp($0 - largest) }
    let total = powers.reduce(0, +)
    return powers.map { $0 / total }
  }
}
