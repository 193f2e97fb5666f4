public import SqueezeGraph
import SqueezeEngine
import Foundation
import SqueezeOperators
public import SqueezeTensor

/// How well a changed model keeps to the original on inputs without labels.
public struct Fidelity: Sendable, Hashable, Codable {
  /// The share of inputs for which both say the same class.
  public var agreement: Double
  /// The accuracy that would be lost if the original's probabilities were true: the mean of
  /// `max p − p[argmax q]`, `p` the original's and `q` the changed model's.
  public var expectedDrop: Double
  /// The mean Kullback–Leibler divergence `Σ p log(p / q)`, in nats.
  public var divergence: Double
}

/// The answers of an original on some inputs, to compare changed models with.
///
/// No label is looked at, so the same inputs may calibrate, choose bits and stop a search without
/// touching what the result is judged on.
public struct FidelityProbe {
  private let inputs: [[String: Tensor]]
  private let answers: [[Double]]
  private let classes: Int
  private let threads: Int
  /// Whether the outputs are probabilities as they are.
  private let givesProbabilities: Bool

  /// Remembers what a model answers.
  ///
  /// - Parameters:
  ///   - model: the original.
  ///   - inputs: what is run, at least one batch.
  ///   - threads: how many share the work.
  /// - Throws: what a run throws.
  public init(_ model: Model, inputs: [[String: Tensor]], threads: Int) throws {
    let output = model.outputs[0]
    let producer = model.nodes.first { $0.outputs.contains(output) }
    givesProbabilities = producer.map { $0.op is Softmax } ?? false
    self.inputs = inputs
    self.threads = threads
    let run = try FastRuntime(threadCount: threads, precision: model.runPrecision).prepared(model)
    var answers: [[Double]] = []
    var classes = 0
    for input in inputs {
      guard let result = try run(input)[output] else { throw ModelError.unknownOutput(output) }
      classes = result.shape.rank > 1 ? result.shape[1] : 1
      answers += Self.distributions(result, areProbabilities: givesProbabilities)
    }
    self.answers = answers
    self.classes = classes
  }

  /// The positions that are compared: samples, or pixels of maps.
  public var count: Int { answers.count }

  /// Runs a changed model and compares.
  ///
  /// - Throws: what a run throws.
  public func fidelity(of model: Model) throws -> Fidelity {
    let run = try FastRuntime(threadCount: threads, precision: model.runPrecision).prepared(model)
    let output = model.outputs[0]
    var (same, lost, divergence, position) = (0, 0.0, 0.0, 0)
    for input in inputs {
      guard let result = try run(input)[output] else { throw ModelError.unknownOutput(output) }
      for q in Self.distributions(result, areProbabilities: givesProbabilities) {
        let p = answers[position]
        position += 1
        let (ours, theirs) = (Self.best(p), Self.best(q))
        same += ours == theirs ? 1 : 0
        lost += p[ours] - p[theirs]
        for (a, b) in zip(p, q) where a > 0 { divergence += a * log(a / max(b, 1e-12)) }
      }
    }
    let count = Double(max(1, answers.count))
    return Fidelity(
      agreement: Double(same) / count,
      expectedDrop: lost / count,
      divergence: divergence / count
    )
  }

  private static func best(_ values: [Double]) -> Int {
    values.indices.max { (values[$0], -$0) < (values[$1], -$1) } ?? 0
  }

  /// The probabilities at every position; a single score is that of yes against no.
  private static func distributions(_ output: Tensor, areProbabilities: Bool) -> [[Double]] {
    guard output.shape.rank >= 2 else { return [] }
    let (samples, channels, area) = (output.shape[0], output.shape[1], output.shape.count(from: 2))
    // Of large maps a part of the positions says as much.
    let step = max(1, area / 256)
    return (0..<samples).flatMap { n in
      stride(from: 0, to: area, by: step).map { i -> [Double] in
        let scores = (0..<channels).map { Double(output.scalars[(n * channels + $0) * area + i]) }
        if channels == 1 {
          let yes = min(max(scores[0], 0), 1)
          return [1 - yes, yes]
        }
        if areProbabilities { return scores }
        let largest = scores.max() ?? 0
        let powers = scores.map { exp($0 - largest) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
      }
    }
  }
}
