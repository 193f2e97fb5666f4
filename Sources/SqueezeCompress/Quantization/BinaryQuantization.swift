public import SqueezeGraph
import SqueezeParameters
import SqueezeTensor

/// Replaces weights by their signs times one scale per output channel.
///
/// Source: Rastegari et al., "XNOR-Net" (2016), §3.1. First and last layers are usually left out (§4.1).
public struct BinaryQuantization: Rewrite, Hashable {
  /// The parameters that are changed; `nil` means every ``SqueezeGraph/Model/weightKeys``.
  public var keys: Set<String>?
  /// Whether latent weights go on training behind the signs.
  public var isTrainable: Bool

  /// Creates the method.
  public init(keys: Set<String>? = nil, isTrainable: Bool = false) {
    self.keys = keys
    self.isTrainable = isTrainable
  }

  /// The model with binary weights.
  ///
  /// - Throws: ``QuantizationError`` for an unknown key or one of a pruned parameter, which no sign can
  ///   stand for.
  public func apply(to model: consuming Model) throws -> Model {
    for key in try model.chosenWeights(keys) {
      guard let encoding = model.parameters[key] else { continue }
      guard encoding.keptElements?.contains(false) != true else {
        throw QuantizationError(
          "parameter \"\(key)\"",
          expected: "weights without a mask",
          actual: "pruned ones"
        )
      }
      let weights = encoding.decoded()
      model.parameters[key] = isTrainable ? StraightThroughBinary(weights) : Binary(weights)
    }
    return model
  }
}
