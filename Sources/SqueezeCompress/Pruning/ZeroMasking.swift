public import SqueezeGraph
import SqueezeParameters

/// Masks the weights that are exactly zero, so that training leaves them so.
///
/// Formats without masks, such as ONNX, keep a pruned weight's zeros but not that they are meant to stay.
/// Weights without zeros, and encodings whose zeros stay by themselves, are left alone.
public struct ZeroMasking: Rewrite {
  /// The parameters that are looked at; `nil` for `model.weightKeys`.
  public var keys: [String]?

  /// Creates the rewrite.
  public init(keys: [String]? = nil) { self.keys = keys }

  /// The model with masks over zeros.
  ///
  /// - Throws: ``PruningError`` for an unknown key.
  public func apply(to model: consuming Model) throws -> Model {
    for key in keys ?? model.weightKeys {
      guard let encoding = model.parameters[key] else {
        throw PruningError("keys", expected: "parameters of the model", actual: key)
      }
      guard encoding is Dense || encoding is Half || encoding is Codebook else { continue }
      let mask = encoding.decoded().scalars.map { $0 != 0 }
      guard mask.contains(false) else { continue }
      model.parameters[key] = try encoding.pruned(keeping: mask, key)
    }
    return model
  }
}
