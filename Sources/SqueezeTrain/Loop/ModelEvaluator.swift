public import SqueezeData
public import SqueezeGraph
import SqueezeMetrics
import SqueezeTensor

/// Finds loss and metrics of a model on a dataset, with an ordinary runtime.
public struct ModelEvaluator: Sendable {
  public var loss: any Loss
  public var runtime: any Runtime
  /// The output that the loss sees; `nil` is the model's first.
  public var output: String?
  /// Targets of this class count in no metric.
  public var ignoredClass: Int?

  /// Creates an evaluator.
  public init(
    loss: any Loss,
    runtime: any Runtime,
    output: String? = nil,
    ignoredClass: Int? = nil
  ) {
    self.loss = loss
    self.runtime = runtime
    self.output = output
    self.ignoredClass = ignoredClass
  }

  /// Runs the model on all batches of a source, in order.
  ///
  /// The loss is the mean of the batches' losses, weighted by samples. What has one score per sample or
  /// pixel counts as class 1 where the score is above 0 for logits, above ½ for outputs.
  ///
  /// - Parameters:
  ///   - model: a model with one input.
  ///   - source: the data.
  ///   - seen: called after each batch with the samples so far.
  /// - Returns: the facts over all samples.
  /// - Throws: ``TrainingError`` for a source without samples, targets that do not fit or a model with
  ///   several inputs, and what the runtime and the source throw.
  public func evaluate(
    _ model: Model,
    on source: any BatchSource,
    seen: (Int) throws -> Void = { _ in }
  ) throws -> Evaluation {
    let (input, value) = try model.ends(output, of: loss)
    let run = try runtime.prepared(model.giving([value]))
    var counts = OutcomeCounts(
      threshold: loss.takesLogits ? 0 : 0.5,
      ignoredClass: ignoredClass
    )
    var (sum, samples) = (0.0, 0)
    for index in 0..<source.batchCount {
      let batch = try source.batch(index, epoch: 0)
      let count = batch.inputs.shape.rank > 0 ? batch.inputs.shape[0] : 0
      guard count > 0 else { continue }
      guard let output = try run([input: batch.inputs])[value] else {
        throw ModelError.unknownOutput(value)
      }
      sum += Double(count) * (try loss.evaluate(output, batch).value)
      try counts.add(output, batch)
      samples += count
      try seen(samples)
    }
    guard samples > 0 else {
      throw TrainingError.setting(source.name, expected: "at least one sample", actual: "none")
    }
    return Evaluation(
      loss: sum / Double(samples),
      samples: samples,
      metrics: counts.metrics,
      confusion: counts.confusion
    )
  }
}

extension Model {
  /// The one input, and the value that a loss sees.
  func ends(_ output: String?, of loss: any Loss) throws(TrainingError) -> (String, String) {
    guard inputs.count == 1 else {
      throw .setting("model \(name)", expected: "one input", actual: "\(inputs.count)")
    }
    guard let first = output ?? outputs.first, outputs.contains(first) else {
      throw .setting(
        "output",
        expected: "one of \(outputs.joined(separator: ", "))",
        actual: output ?? "none"
      )
    }
    return (inputs[0].name, loss.takesLogits ? logits(of: first) : first)
  }
}
