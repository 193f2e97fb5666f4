/// An encoding that trains real weights behind the few values that a model computes with.
///
/// The latent weights matter to an optimizer alone, which collects small steps in them; what is left once
/// training ends is ``rounded``.
public protocol LatentEncoding: ParameterEncoding {
  /// What remains without the latent weights.
  associatedtype Rounded: ParameterEncoding
  /// The same decoded tensor, bit for bit, without the latent weights.
  var rounded: Rounded { get }
}
