public import SqueezeGraph
import SqueezeOperators
import SqueezeParameters
public import SqueezeTensor

/// Measures the means and variances of batch normalizations anew.
///
/// After weights were changed, activations have other statistics than those that training kept. Layer by
/// layer in order, each with everything before it renewed, mean and variance become those of the inputs.
/// Source: Sun et al., "Hybrid 8-bit Floating Point (HFP8) Training and Inference" (2019), §3.2; Nagel et
/// al., "A White Paper on Neural Network Quantization" (2021), §4.
public struct StatisticsRenewal: Sendable, Hashable {
  /// Creates the method.
  public init() {}

  /// The model with statistics of some inputs.
  ///
  /// - Parameters:
  ///   - model: a model with batch normalizations.
  ///   - inputs: unlabelled inputs, batches of any size.
  ///   - prepare: prepares a model to run many times.
  /// - Returns: the model with other means and variances; channels with fewer than two elements keep theirs.
  /// - Throws: ``CalibrationError`` without inputs or where a value is not finite, and what running throws.
  public func apply(
    to model: Model,
    on inputs: some Collection<[String: Tensor]>,
    preparing prepare: ModelPreparation
  ) throws -> Model {
    guard !inputs.isEmpty else {
      throw CalibrationError("statistics", expected: "at least one input", actual: "none")
    }
    var model = model
    let fed = Set(model.inputs.map(\.name))
    for node in model.nodes where node.op is BatchNormalization {
      let name = node.inputs[0]
      var moments: [Moments]?
      if fed.contains(name) {
        moments = ChannelMeans.moments(of: inputs.lazy.compactMap { $0[name] })
      } else {
        moments = try ChannelMeans.moments(model, of: [name], on: inputs, preparing: prepare)[name]
      }
      guard let moments, moments.allSatisfy({ $0.count > 1 }) else { continue }
      guard moments.allSatisfy({ $0.mean.isFinite && $0.variance.isFinite }) else {
        throw CalibrationError("value \"\(name)\"", expected: "finite numbers", actual: "others")
      }
      for (parameter, values) in [
        ("mean", moments.map { Float($0.mean) }), ("variance", moments.map { Float($0.variance) }),
      ] {
        model.parameters[Model.key(node.name, parameter)] = Dense(Tensor([values.count], values))
      }
    }
    return model
  }
}
