public import SqueezeGraph
import SqueezeOperators
public import SqueezeTensor

/// What the activations of a model are on some inputs, in bounded memory however many there are.
///
/// Every value that will lie on a grid has a ``StreamingHistogram``; values that are the same numbers, as
/// before and behind a pool by maximum, share one.
public struct ActivationCalibration: Sendable {
  /// The model that is quantized afterwards: constants, biases and normalizations folded.
  public let model: Model
  /// The model whose outputs are all values that matter, to be run on every input.
  public let observed: Model
  /// What was seen of each value by name.
  public private(set) var histograms: [String: StreamingHistogram] = [:]
  let graph: QuantizationGraph

  /// Prepares to watch a model of floats.
  ///
  /// - Parameters:
  ///   - model: the model; ConstantFolding, BiasFolding and BatchNormFolding are applied to it.
  ///   - shapes: the shapes of some inputs; the others take their own, open sizes 1.
  /// - Throws: what folding throws, or where the shapes do not fit.
  public init(_ model: Model, shapes: [String: Shape] = [:]) throws {
    self.model = try model.applying([ConstantFolding(), BiasFolding(), BatchNormFolding()])
    graph = QuantizationGraph(self.model, try self.model.infer(shapes))
    var observed = self.model
    observed.outputs = graph.values.filter { name in
      !observed.inputs.contains { $0.name == name }
    }
    self.observed = observed
  }

  /// Adds what the values are on one input.
  ///
  /// - Parameters:
  ///   - sample: a tensor for every input.
  ///   - run: runs ``observed``.
  /// - Throws: ``CalibrationError`` where a value is not finite, and what `run` throws.
  public mutating func observe(
    _ sample: [String: Tensor],
    _ run: ([String: Tensor]) throws -> [String: Tensor]
  ) throws {
    var values = sample
    if !observed.outputs.isEmpty { values.merge(try run(sample)) { $1 } }
    for name in graph.values {
      guard let tensor = values[name] else { continue }
      let flaw = histograms[name, default: StreamingHistogram()].add(tensor.scalars)
      guard let flaw else { continue }
      throw CalibrationError("value \"\(name)\"", expected: "finite numbers", actual: "\(flaw)")
    }
  }

  /// The range of every value by a rule.
  func ranges(_ rule: RangeRule) -> [String: ClosedRange<Float>] {
    var ranges: [String: ClosedRange<Float>] = [:]
    for group in graph.groups {
      var histogram = StreamingHistogram()
      for name in group { if let own = histograms[name] { histogram.merge(own) } }
      let range = histogram.range(rule, steps: 255)
      for name in group { ranges[name] = range }
    }
    return ranges
  }
}
