#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The power `y = aᵇ`, with broadcasting as ``BroadcastOperator`` says.
///
/// Real only; a negative base with a fractional exponent gives NaN.
public struct Power: BroadcastOperator {
  public static let onnxType = "Pow"

  /// Creates the operator.
  public init() {}

  public static func apply(_ a: Float, _ b: Float) -> Float { Float(pow(Double(a), Double(b))) }
  public static func apply(_ a: Int, _ b: Int) -> Int? { nil }
}
