/// In what numbers a compiled model computes.
///
/// Layers of a quantized model whose inputs, weights and outputs lie on grids of 8 bits run in whole
/// numbers whatever the precision; it decides about the others.
public enum Precision: String, Sendable, Hashable, CaseIterable {
  /// Floats of 32 bits.
  case float32
  /// Values and weights as bfloat16, 8 bits of exponent and 8 of significand, sums of products as
  /// 32-bit floats.
  case bfloat16
  /// Bytes wherever the model says on which grid; floats of 32 bits elsewhere.
  case int8
}
