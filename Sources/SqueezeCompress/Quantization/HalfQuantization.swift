public import SqueezeGraph
public import SqueezeParameters
import SqueezeTensor

/// Rounds the scalars of parameters to 16 bits: IEEE binary16 or bfloat16.
///
/// Dense parameters become ``Half``. Others keep their encoding, so masks and indices stay, and the
/// scalars an optimizer may change are rounded: kept weights, centroids and scales. Encodings with latent
/// weights and constants stay as they are.
public struct HalfQuantization: Rewrite, Hashable {
  /// The 16-bit format.
  public var format: Half.Format
  /// The parameters that are changed; `nil` means all of the model.
  public var keys: Set<String>?

  /// Creates the method.
  public init(_ format: Half.Format = .float16, keys: Set<String>? = nil) {
    self.format = format
    self.keys = keys
  }

  /// The model with rounded parameters.
  ///
  /// - Throws: ``QuantizationError`` for an unknown key, or where a number is beyond the format's range.
  public func apply(to model: consuming Model) throws -> Model {
    if let keys { _ = try model.chosenWeights(keys) }
    for key in model.parameters.keys.sorted() where keys?.contains(key) ?? true {
      guard let encoding = model.parameters[key] else { continue }
      model.parameters[key] = try rounded(encoding, key)
    }
    return model
  }

  private func rounded(
    _ encoding: any ParameterEncoding,
    _ key: String
  ) throws(QuantizationError) -> any ParameterEncoding {
    if encoding is any LatentEncoding || !encoding.type.isReal { return encoding }
    let rounded = Half(Tensor([encoding.free.count], encoding.free), format: format).free
    for (before, after) in zip(encoding.free, rounded) where before.isFinite && !after.isFinite {
      throw QuantizationError(
        "parameter \"\(key)\"",
        expected: "numbers within \(format)",
        actual: "\(before)"
      )
    }
    if encoding is Dense || encoding is Half { return Half(encoding.decoded(), format: format) }
    var encoding = encoding
    encoding.free = rounded
    return encoding
  }
}
