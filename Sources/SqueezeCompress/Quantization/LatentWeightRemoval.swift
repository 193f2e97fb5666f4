public import SqueezeGraph
import SqueezeParameters

/// Leaves out the latent weights of a model that was trained behind a grid or behind signs.
///
/// The function stays the same bit for bit: ``StraightThroughInteger`` becomes ``UniformInteger`` and
/// ``StraightThroughBinary`` becomes ``Binary``.
public struct LatentWeightRemoval: Rewrite, Hashable {
  /// Creates the rewrite.
  public init() {}

  public func apply(to model: consuming Model) -> Model {
    for (key, encoding) in model.parameters {
      guard let latent = encoding as? any LatentEncoding else { continue }
      model.parameters[key] = latent.rounded
    }
    return model
  }
}
