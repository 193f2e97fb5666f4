/// The product `y = a · b`, with broadcasting as ``BroadcastOperator`` says.
///
/// Real or integer.
public struct Multiply: BroadcastOperator {
  public static let onnxType = "Mul"

  /// Creates the operator.
  public init() {}

  public static func apply(_ a: Float, _ b: Float) -> Float { a * b }
  public static func apply(_ a: Int, _ b: Int) -> Int? { a &* b }
}

// MARK: - Gradient

extension Multiply {
  public static func derivatives(_ a: Float, _ b: Float) -> (a: Float, b: Float) { (b, a) }
}
