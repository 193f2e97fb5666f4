import Crypto
import Foundation
import SqueezeData
import SqueezeGraph
import SqueezeParameters

extension Model {
  /// The SHA-256 of the graph: inputs, outputs, nodes with attributes, and what parameters there are in which
  /// encodings, but not their values.
  var graphHash: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf",
      negativeInfinity: "-inf",
      nan: "nan"
    )
    var hash = SHA256()
    func add(_ text: String) { hash.update(data: Array("\(text)\n".utf8)) }
    for input in inputs { add("input \(input)") }
    for output in outputs { add("output \(output)") }
    for node in nodes {
      add("node \(node.name) \(type(of: node.op).name) \(node.inputs) \(node.outputs)")
      if let attributes = try? encoder.encode(node.op) { hash.update(data: attributes) }
    }
    for key in parameters.keys.sorted() {
      guard let parameter = parameters[key] else { continue }
      add("parameter \(key) \(type(of: parameter).name) \(parameter.shape) \(parameter.type)")
    }
    return hexadecimal(hash.finalize())
  }
}

extension Trainer {
  /// Everything the bits of a training depend on, by name, besides the values that parameters begin with.
  func settings(_ training: any BatchSource, _ validation: (any BatchSource)?) -> [String: String] {
    func text(_ source: any BatchSource) -> String {
      "\(source.name), \(source.sampleCount) samples \(source.inputShape) of \(source.classes.count) "
        + "classes, \(source.batchCount) batches of \(source.batchSize)"
    }
    var settings: [String: String] = [
      "model": model.graphHash,
      "output": output,
      "loss": loss.settings,
      "optimizer": optimizer.settings,
      "schedule": schedule.settings,
      "training data": text(training),
      "validation data": validation.map(text) ?? "none",
      "epochs": "\(options.epochs)",
      "accumulation": "\(options.accumulation)",
      "clipping": options.clipping.map { "\($0)" } ?? "none",
      "weight decay": "\(options.weightDecay)",
      "average": options.average.map { "\($0)" } ?? "none",
      "seed": "\(options.seed)",
      "statistics momentum": "\(options.statisticsMomentum)",
      "frozen": options.frozen.sorted().joined(separator: ", "),
      "evaluate every": "\(options.evaluateEvery)",
      "best metric": "\(options.bestMetric)",
      "patience": options.patience.map { "\($0)" } ?? "none",
      "ignored class": options.ignoredClass.map { "\($0)" } ?? "none",
    ]
    // Checkpoints from before there was a choice have none.
    if runtime.arithmetic != "float32" { settings["arithmetic"] = runtime.arithmetic }
    if options.communicator.size > 1 { settings["ranks"] = "\(options.communicator.size)" }
    return settings
  }
}
