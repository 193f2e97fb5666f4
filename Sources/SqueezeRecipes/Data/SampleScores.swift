import SqueezeData
public import SqueezeGraph
import SqueezeCompress
import SqueezeEngine
import SqueezeTensor

/// How right a model is about every sample: 1 or 0 for a class, the share of right pixels for a map.
public struct SampleScores: Sendable, Hashable, Codable {
  public var values: [Double]

  /// Takes the scores in the order of the samples.
  public init(_ values: [Double]) { self.values = values }

  /// The mean over samples, which for classes is top-1 accuracy; 0 without samples.
  public var mean: Double { values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count) }
  /// The number of samples.
  public var count: Int { values.count }
}

extension RecipeData {
  /// Runs a model on the samples to judge by, the way it will run: on grids where it has them.
  ///
  /// - Parameters:
  ///   - model: has the same input as the original.
  ///   - threads: how many share the work.
  ///   - seen: called after each batch with the samples so far; what it throws ends the work.
  /// - Returns: the score of every sample, in order.
  /// - Throws: ``RecipeError`` for targets that are neither classes nor maps, and what runs throw.
  public func scores(
    of model: Model,
    threads: Int,
    seen: (Int) throws -> Void = { _ in }
  ) throws -> SampleScores {
    let run = try FastRuntime(threadCount: threads, precision: model.runPrecision).prepared(model)
    let (input, output) = (model.inputs[0].name, model.outputs[0])
    var scores: [Double] = []
    for index in 0..<judged.batchCount {
      let batch = try judged.batch(index, epoch: 0)
      guard model.inputs[0].accepts(batch.inputs.shape) else { continue }
      guard let result = try run([input: batch.inputs])[output] else {
        throw ModelError.unknownOutput(output)
      }
      scores += try Self.scores(of: result, batch.targets, ignoring: judged.examples.ignoredClass)
      try seen(scores.count)
    }
    return SampleScores(scores)
  }

  private static func scores(
    of output: Tensor,
    _ targets: Targets,
    ignoring: Int?
  ) throws -> [Double] {
    let best = output.bestClasses
    switch targets {
    case .classes(let labels):
      guard best.count == labels.count else {
        throw RecipeError(
          "output",
          expected: "scores of one class per sample",
          actual: "\(output.shape) for \(labels.count) samples"
        )
      }
      return zip(best, labels).map { $0 == $1 ? 1 : 0 }
    case .maps(let maps):
      guard best.count == maps.shape.count, let samples = maps.shape.dimensions.first, samples > 0
      else {
        throw RecipeError(
          "output",
          expected: "scores for maps \(maps.shape)",
          actual: "\(output.shape)"
        )
      }
      let area = best.count / samples
      let labels = maps.integers
      return (0..<samples).map { sample in
        let pixels = (sample * area..<(sample + 1) * area).filter { labels[$0] != ignoring }
        let right = pixels.count { best[$0] == labels[$0] }
        return pixels.isEmpty ? 1 : Double(right) / Double(pixels.count)
      }
    case .probabilities, .values:
      throw RecipeError("data", expected: "samples of classes or maps", actual: "real numbers")
    }
  }
}

extension Model {
  /// In what numbers to run: whole numbers where activations lie on grids.
  var runPrecision: Precision { ActivationQuantization.isQuantized(self) ? .int8 : .float32 }
}

extension Tensor {
  /// The channel with the largest score at every position of `[N, C, …]`; with one channel 1 above ½.
  var bestClasses: [Int] {
    guard shape.rank >= 2, shape[1] > 0 else { return [] }
    let (samples, channels, area) = (shape[0], shape[1], shape.count(from: 2))
    var best = [Int](repeating: 0, count: samples * area)
    scalars.withUnsafeBufferPointer { scores in
      for n in 0..<samples {
        for i in 0..<area {
          let first = n * channels * area + i
          guard channels > 1 else {
            best[n * area + i] = scores[first] > 0.5 ? 1 : 0
            continue
          }
          var (winner, largest) = (0, scores[first])
          for c in 1..<channels where scores[first + c * area] > largest {
            (winner, largest) = (c, scores[first + c * area])
          }
          best[n * area + i] = winner
        }
      }
    }
    return best
  }
}
